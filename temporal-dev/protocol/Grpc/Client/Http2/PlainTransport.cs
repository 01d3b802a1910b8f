namespace TemporalDev.Protocol.Grpc;

/// <summary>Plain text: connections are opened as they are needed, one for as many calls as the server allows.</summary>
internal sealed class PlainTransport(GrpcChannelOptions options) : IGrpcTransport
{
    // A server that refuses as often as this does not want the call.
    private const int MostTries = 4;

    private readonly Lock _gate = new();
    private readonly List<Http2Connection> _connections = [];
    private bool _disposed;

    public async Task<GrpcAnswer> SendAsync(GrpcRequest request, CancellationToken cancel)
    {
        for (var tries = 1; ; tries++)
        {
            cancel.ThrowIfCancellationRequested();
            var call = Start(request);
            using var giveUp = cancel.UnsafeRegister(static call => ((Http2Call)call!).Cancel(), call);
            try
            {
                return await call.Answer;
            }
            catch (Http2Exception lost) when (lost.IsUnprocessed && tries < MostTries)
            {
                // Another connection takes it.
            }
        }
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
        }
    }

    private Http2Call Start(GrpcRequest request)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _connections.RemoveAll(static connection => connection.HasEnded);
            foreach (var connection in _connections)
            {
                if (connection.TryStart(request) is { } call)
                {
                    return call;
                }
            }

            return OpenFor(request);
        }
    }

    private Http2Call OpenFor(GrpcRequest request)
    {
        var (host, port) = HostAndPort.Parse(options.Address, nameof(options.Address));
        var connection = new Http2Connection(new Http2Dial(host, port, options.Address, options.ConnectTimeout), options.KeepAlive);
        _connections.Add(connection);
        // Before it is opened: where that fails at once, it fails the call.
        var call = connection.TryStart(request)!;
        connection.Open();
        return call;
    }
}
