using System.Buffers.Binary;
using System.Net.Sockets;

namespace TemporalDev.Protocol.Grpc;

/// <summary>
/// One connection in plain text, with a thread that reads and one that writes: nothing of the runtime's HTTP stack has to
/// be loaded and compiled for it, which takes longer than most commands have to say.
/// </summary>
/// <param name="streamsAllowed">What the server has last said on another connection.</param>
/// <param name="resume">Told, outside the lock, when there may be room for another call, and how many there may be once that is known.</param>
internal sealed class Http2Connection(Http2Dial dial, GrpcKeepAlive? keepAlive, int? streamsAllowed, Action<int?> resume) : IDisposable
{
    private const int MaxHeaderBytes = TransportLimits.MaxHeaderKib * 1024;

    // What every server allows until it has said otherwise.
    private const int UsualStreams = 100;

    private const int PingBytes = 8;
    private const int SettingBytes = 6;

    private readonly object _gate = new();
    private readonly Http2Outbox _outbox = new(dial.Authority);
    private readonly HpackDecoder _headers = new(MaxHeaderBytes);
    private readonly Dictionary<int, Http2Call> _open = [];
    private readonly Http2Pulse _pulse = new(keepAlive, Now);
    private Socket? _socket;
    private int _nextStream = 1;
    // One at least, so that a new connection takes the call that it is opened for.
    private int _maxStreams = Math.Max(1, streamsAllowed ?? UsualStreams);
    private bool _knowsServer;
    private bool _hasNews;
    private bool _closing;
    private Exception? _ended;
    private int _unacknowledged;

    // Real time, as the sockets beside it have: a server is silent or it is not, whatever a test's clock says.
    private static long Now => Environment.TickCount64;

    public bool HasEnded => Volatile.Read(ref _ended) is not null;

    /// <summary>Whether the server has said how many streams it allows.</summary>
    public bool KnowsServer => Volatile.Read(ref _knowsServer);

    public void Open() => new Thread(Read) { IsBackground = true, Name = "HTTP/2 reader" }.Start();

    public bool TryStart(Http2Call call)
    {
        lock (_gate)
        {
            if (_ended is not null || _closing || _open.Count >= _maxStreams)
            {
                return false;
            }

            call.Connection = this;
            call.Stream = _nextStream;
            _nextStream += 2;
            _closing = _nextStream < 0;
            _open.Add(call.Stream, call);
            _pulse.Use(Now);
            _outbox.Send(call);
            Monitor.PulseAll(_gate);
            return true;
        }
    }

    public void Cancel(Http2Call call)
    {
        lock (_gate)
        {
            if (_open.ContainsKey(call.Stream))
            {
                Close(call, reset: call.HasSentHeaders);
                Monitor.PulseAll(_gate);
            }

            call.SetCancelled();
        }

        TellNews();
    }

    public void Dispose() => End(Http2Exception.Closed());

    private void End(Exception reason)
    {
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = reason;
            _hasNews = true;
            _socket?.Dispose();
            _outbox.Dispose();
            foreach (var call in _open.Values)
            {
                call.Fail(reason);
            }

            _open.Clear();
            Monitor.PulseAll(_gate);
        }

        TellNews();
    }

    private void TellNews()
    {
        int? allowed;
        lock (_gate)
        {
            if (!_hasNews)
            {
                return;
            }

            _hasNews = false;
            allowed = _knowsServer ? _maxStreams : null;
        }

        resume(allowed);
    }

    private void Read() => Guard(() =>
    {
        var socket = dial.Connect();
        lock (_gate)
        {
            if (_ended is not null)
            {
                socket.Dispose();
                return;
            }

            // A server that takes nothing any more would hold up the thread that looks after it.
            socket.SendTimeout = keepAlive is null ? 0 : (int)Math.Min((keepAlive.Interval + keepAlive.Timeout).TotalMilliseconds, int.MaxValue);
            _socket = socket;
            _outbox.Begin(MaxHeaderBytes);
        }

        new Thread(Write) { IsBackground = true, Name = "HTTP/2 writer" }.Start(socket);
        using var frames = new Http2FrameReader(socket, MaxHeaderBytes);
        while (true)
        {
            var payload = frames.Read(out var head);
            lock (_gate)
            {
                if (_ended is not null)
                {
                    return;
                }

                _pulse.Hear(Now);
                Handle(head, payload);
                Monitor.PulseAll(_gate);
            }

            TellNews();
        }
    });

    private void Write(object? socket) => Guard(() =>
    {
        using var bytes = new PooledBuffer(Http2FrameReader.MaxPayloadBytes);
        while (Fill(bytes))
        {
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += ((Socket)socket!).Send(bytes.WrittenSpan[sent..]);
            }

            bytes.Truncate(0);
        }
    });

    /// <summary>Waits until there is something to send; false when there never will be.</summary>
    private bool Fill(PooledBuffer bytes)
    {
        lock (_gate)
        {
            while (_ended is null)
            {
                if (_outbox.HasWork)
                {
                    _outbox.Fill(bytes);
                    return true;
                }

                if (_closing && _open.Count == 0)
                {
                    throw new Http2Exception("The server closed the connection.");
                }

                if (!Monitor.Wait(_gate, _pulse.UntilCheck(Now, _open.Count == 0)) && _pulse.Check(Now, _open.Count == 0))
                {
                    _outbox.Ping();
                }
            }

            return false;
        }
    }

    private void Handle(Http2Head head, ReadOnlySpan<byte> payload)
    {
        switch (head.Type)
        {
            case Http2Frame.Data:
                TakeData(head, payload);
                break;
            case Http2Frame.Headers:
                TakeHeaders(head, payload);
                break;
            case Http2Frame.Reset:
                TakeReset(head.Stream, (Http2Error)Number(payload));
                break;
            case Http2Frame.Settings when !head.Has(Http2Head.Ack):
                TakeSettings(payload);
                break;
            case Http2Frame.Ping when !head.Has(Http2Head.Ack):
                _outbox.Acknowledge(Http2Frame.Ping, payload.Length == PingBytes ? payload : throw Http2Exception.Broken(Http2Error.FrameSize, "a ping is too short or too long"));
                break;
            case Http2Frame.GoAway:
                TakeGoAway(payload);
                break;
            case Http2Frame.WindowUpdate when head.Stream == 0:
                _outbox.TakeWindow(Increment(payload));
                break;
            case Http2Frame.WindowUpdate when _open.TryGetValue(head.Stream, out var call):
                Http2Outbox.TakeWindow(call, Increment(payload));
                break;
            case Http2Frame.Push:
                throw Http2Exception.Broken(Http2Error.Protocol, "it pushes what nobody asked for");
        }
    }

    private void TakeData(Http2Head head, ReadOnlySpan<byte> payload)
    {
        _unacknowledged += head.Length;
        if (_unacknowledged >= Http2Outbox.ConnectionWindowBytes / 2)
        {
            _outbox.GiveWindow(0, _unacknowledged);
            _unacknowledged = 0;
        }

        if (!_open.TryGetValue(head.Stream, out var call))
        {
            return;
        }

        call.Unacknowledged += head.Length;
        if (call.Unacknowledged >= Http2Outbox.StreamWindowBytes / 2 && !head.Has(Http2Flags.EndStream))
        {
            _outbox.GiveWindow(head.Stream, call.Unacknowledged);
            call.Unacknowledged = 0;
        }

        Advance(call, head, payload, fields: null);
    }

    private void TakeHeaders(Http2Head head, ReadOnlySpan<byte> block)
    {
        // Also for calls that are no more: the table that it adds to is everybody's.
        var fields = _headers.Decode(block);
        if (!_open.TryGetValue(head.Stream, out var call))
        {
            return;
        }

        if (fields is null)
        {
            Close(call, reset: true);
            call.Fail(new GrpcException(GrpcStatusCode.ResourceExhausted, $"the answer has more than {MaxHeaderBytes} bytes of headers"));
            return;
        }

        Advance(call, head, default, fields);
    }

    private void Advance(Http2Call call, Http2Head head, ReadOnlySpan<byte> data, List<KeyValuePair<string, string>>? fields)
    {
        try
        {
            if (fields is not null)
            {
                call.Receive(fields);
            }

            call.Receive(data);
            if (head.Has(Http2Flags.EndStream))
            {
                // A server may answer without having read the request.
                Close(call, reset: !call.IsSent);
                call.Complete();
            }
        }
        catch (GrpcException refusal)
        {
            Close(call, reset: true);
            call.Fail(refusal);
        }
    }

    private void Close(Http2Call call, bool reset)
    {
        _open.Remove(call.Stream);
        _outbox.Drop(call);
        _pulse.Use(Now);
        _hasNews = true;
        if (reset)
        {
            _outbox.Reset(call.Stream, Http2Error.Cancel);
        }
    }

    private void TakeReset(int stream, Http2Error code)
    {
        if (_open.TryGetValue(stream, out var call))
        {
            Close(call, reset: false);
            call.Fail(new Http2Exception($"The server ended the stream with code {(int)code}.", code) { IsUnprocessed = code == Http2Error.RefusedStream });
        }
    }

    private void TakeSettings(ReadOnlySpan<byte> payload)
    {
        if (payload.Length % SettingBytes != 0)
        {
            throw Http2Exception.Broken(Http2Error.FrameSize, "a setting is cut off");
        }

        // What it does not name is as it was; at first, that is without a limit.
        _maxStreams = _knowsServer ? _maxStreams : int.MaxValue;
        for (; !payload.IsEmpty; payload = payload[SettingBytes..])
        {
            var value = Number(payload[2..]);
            switch (BinaryPrimitives.ReadUInt16BigEndian(payload))
            {
                case 0x3:
                    _maxStreams = value < 0 ? int.MaxValue : value;
                    break;
                case 0x4:
                    _outbox.ChangeInitialWindow(value >= 0 ? value : throw Http2Exception.Broken(Http2Error.FlowControl, "a window is opened too far"));
                    break;
                case 0x5:
                    _outbox.MaxFrameBytes = value is >= Http2FrameReader.MaxPayloadBytes and < 1 << 24 ? value : throw Http2Exception.Broken(Http2Error.Protocol, "its frames are too small or too large");
                    break;
            }
        }

        _outbox.Acknowledge(Http2Frame.Settings, []);
        (_knowsServer, _hasNews) = (true, true);
    }

    private void TakeGoAway(ReadOnlySpan<byte> payload)
    {
        // Once the last of those that go on has ended, so does the connection.
        _closing = true;
        var last = Number(payload) & int.MaxValue;
        var code = (Http2Error)Number(payload[4..]);
        foreach (var call in _open.Values.Where(call => call.Stream > last).ToList())
        {
            Close(call, reset: false);
            call.Fail(new Http2Exception("The server closes the connection.", code) { IsUnprocessed = true });
        }
    }

    private static int Increment(ReadOnlySpan<byte> payload) =>
        (Number(payload) & int.MaxValue) is > 0 and var bytes ? bytes : throw Http2Exception.Broken(Http2Error.Protocol, "a window is opened by nothing");

    private static int Number(ReadOnlySpan<byte> payload) =>
        payload.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(payload) : throw Http2Exception.Broken(Http2Error.FrameSize, "a frame is too short");

    private void Guard(Action run)
    {
        try
        {
            run();
        }
        catch (Exception lost) when (lost is IOException or SocketException or ObjectDisposedException)
        {
            End(lost as Http2Exception ?? new Http2Exception(lost.Message, code: null, lost));
        }
    }
}
