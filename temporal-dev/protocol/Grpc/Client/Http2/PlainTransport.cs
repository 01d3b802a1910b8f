namespace TemporalDev.Protocol.Grpc;

/// <summary>
/// Plain text: connections are opened as they are needed, one for as many calls as the server allows. Where all are
/// full, calls wait in the order in which they came. A connection's lock is taken within this one's, never the other way.
/// </summary>
internal sealed class PlainTransport(GrpcChannelOptions options) : IGrpcTransport
{
    // A server that refuses as often as this does not want the call.
    private const int MostTries = 4;

    private readonly Lock _gate = new();
    private readonly List<Http2Connection> _connections = [];

    // No limit of their own: each has its caller, and a deadline.
    private readonly List<Http2Call> _waiting = [];
    private int? _streamsAllowed;
    private bool _disposed;

    public async Task<GrpcAnswer> SendAsync(GrpcRequest request, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            cancel.ThrowIfCancellationRequested();
            var call = new Http2Call(request, this);
            Start(call);
            using var giveUp = cancel.UnsafeRegister(static call => ((Http2Call)call!).Cancel(), call);
            if (options.Hold > TimeSpan.Zero)
            {
                call.WaitHere(options.Hold);
            }

            try
            {
                return await call.Answer;
            }
            catch (Http2Exception lost) when (lost.IsUnprocessed && tries < MostTries)
            {
                // Another connection takes it, or this one later.
            }
        }
    }

    public void Cancel(Http2Call call)
    {
        Http2Connection? connection;
        lock (_gate)
        {
            connection = call.Connection;
            if (connection is null)
            {
                _waiting.Remove(call);
                call.SetCancelled();
            }
        }

        connection?.Cancel(call);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var connection in _connections)
            {
                connection.Dispose();
            }

            foreach (var call in _waiting)
            {
                call.Fail(Http2Exception.Closed());
            }

            _waiting.Clear();
        }
    }

    private void Start(Http2Call call)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_waiting.Count > 0 || !TryPlace(call))
            {
                _waiting.Add(call);
            }
        }
    }

    /// <summary>A connection has heard how many streams it may have, has ended one, or has ended itself.</summary>
    private void Resume(int? streamsAllowed)
    {
        lock (_gate)
        {
            _streamsAllowed = streamsAllowed ?? _streamsAllowed;
            while (!_disposed && _waiting is [var first, ..] && TryPlace(first))
            {
                _waiting.RemoveAt(0);
            }
        }
    }

    /// <summary>False where it has to wait: there are as many connections as there may be, or one has not heard yet how much it may take.</summary>
    private bool TryPlace(Http2Call call)
    {
        _connections.RemoveAll(static connection => connection.HasEnded);
        foreach (var connection in _connections)
        {
            if (connection.TryStart(call))
            {
                return true;
            }
        }

        if (_connections.Count >= options.MaxConnections || !_connections.TrueForAll(static connection => connection.KnowsServer))
        {
            return false;
        }

        OpenFor(call);
        return true;
    }

    private void OpenFor(Http2Call call)
    {
        var (host, port) = HostAndPort.Parse(options.Address, nameof(options.Address));
        var dial = new Http2Dial(host, port, options.Address, options.ConnectTimeout);
        var connection = new Http2Connection(dial, options.KeepAlive, _streamsAllowed, Resume);
        _connections.Add(connection);
        // Before it is opened: where that fails at once, it fails the call.
        connection.TryStart(call);
        connection.Open();
    }
}
