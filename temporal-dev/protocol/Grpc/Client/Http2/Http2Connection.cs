using System.Buffers.Binary;
using System.Net.Sockets;

namespace TemporalDev.Protocol.Grpc;

/// <summary>
/// One connection in plain text, with a thread that reads and one that writes: nothing of the runtime's HTTP stack has to
/// be loaded and compiled for it, which takes longer than most commands have to say.
/// </summary>
internal sealed class Http2Connection(Http2Dial dial, GrpcKeepAlive? keepAlive) : IDisposable
{
    private const int MaxHeaderBytes = TransportLimits.MaxHeaderKib * 1024;

    // What every server allows until it has said otherwise.
    private const int UsualStreams = 100;

    private readonly object _gate = new();
    private readonly Http2Outbox _outbox = new(dial.Authority);
    private readonly HpackDecoder _headers = new(MaxHeaderBytes);
    private readonly Dictionary<int, Http2Call> _open = [];
    private readonly Queue<Http2Call> _waiting = new();
    private Socket? _socket;
    private int _nextStream = 1;
    private int _maxStreams = UsualStreams;
    private bool _knowsServer;
    private bool _closing;
    private Exception? _ended;
    private readonly Http2Pulse _pulse = new(keepAlive, Now);
    private int _unacknowledged;

    // Real time, as the sockets beside it have: a server is silent or it is not, whatever a test's clock says.
    private static long Now => Environment.TickCount64;

    public bool HasEnded
    {
        get
        {
            lock (_gate)
            {
                return _ended is not null;
            }
        }
    }

    public void Open() => new Thread(Read) { IsBackground = true, Name = "HTTP/2 reader" }.Start();

    /// <summary>Null where it takes no more calls.</summary>
    public Http2Call? TryStart(GrpcRequest request)
    {
        lock (_gate)
        {
            if (_ended is not null || _closing || (_knowsServer && _open.Count >= _maxStreams))
            {
                return null;
            }

            var call = new Http2Call(request, this);
            if (_open.Count < _maxStreams)
            {
                Start(call);
            }
            else
            {
                _waiting.Enqueue(call);
            }

            return call;
        }
    }

    public void Cancel(Http2Call call)
    {
        lock (_gate)
        {
            if (_open.Remove(call.Stream))
            {
                _outbox.Drop(call);
                if (call.HasSentHeaders)
                {
                    _outbox.Reset(call.Stream, Http2Error.Cancel);
                }

                Monitor.PulseAll(_gate);
            }

            call.SetCancelled();
        }
    }

    public void Dispose() => End(new Http2Exception("The channel is closed.", Http2Error.Cancel));

    private void End(Exception reason)
    {
        lock (_gate)
        {
            if (_ended is not null)
            {
                return;
            }

            _ended = reason;
            _socket?.Dispose();
            _outbox.Dispose();
            foreach (var call in _open.Values.Concat(_waiting))
            {
                call.Fail(reason);
            }

            _open.Clear();
            _waiting.Clear();
            Monitor.PulseAll(_gate);
        }
    }

    private void Start(Http2Call call)
    {
        call.Stream = _nextStream;
        _nextStream += 2;
        _closing |= _nextStream < 0;
        _open.Add(call.Stream, call);
        _outbox.Send(call);
        Monitor.PulseAll(_gate);
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
                _outbox.Acknowledge(Http2Frame.Ping, payload);
                break;
            case Http2Frame.GoAway:
                TakeGoAway(payload);
                break;
            case Http2Frame.WindowUpdate when head.Stream == 0:
                _outbox.TakeWindow(Number(payload));
                break;
            case Http2Frame.WindowUpdate when _open.TryGetValue(head.Stream, out var call):
                Http2Outbox.TakeWindow(call, Number(payload));
                break;
            case Http2Frame.Push:
                throw Http2Exception.Broken(Http2Error.Protocol, "it pushes what nobody asked for");
        }
    }

    private void TakeData(Http2Head head, ReadOnlySpan<byte> payload)
    {
        _unacknowledged += payload.Length;
        if (_unacknowledged >= Http2Outbox.ConnectionWindowBytes / 2)
        {
            _outbox.GiveWindow(0, _unacknowledged);
            _unacknowledged = 0;
        }

        if (!_open.TryGetValue(head.Stream, out var call))
        {
            return;
        }

        call.Unacknowledged += payload.Length;
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
        if (_open.TryGetValue(head.Stream, out var call))
        {
            Advance(call, head, default, fields ?? throw new Http2Exception($"An answer has more than {MaxHeaderBytes} bytes of headers.", Http2Error.Protocol));
        }
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
        if (reset)
        {
            _outbox.Reset(call.Stream, Http2Error.Cancel);
        }
    }

    private void TakeReset(int stream, Http2Error code)
    {
        if (_open.Remove(stream, out var call))
        {
            _outbox.Drop(call);
            call.Fail(new Http2Exception($"The server ended the stream with code {(int)code}.", code) { IsUnprocessed = code == Http2Error.RefusedStream });
        }
    }

    private void TakeSettings(ReadOnlySpan<byte> payload)
    {
        for (; payload.Length >= 6; payload = payload[6..])
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
        if (_knowsServer)
        {
            return;
        }

        _knowsServer = true;
        // Those that were cancelled meanwhile have their answer.
        foreach (var call in _waiting.Where(static call => !call.Answer.IsCompleted))
        {
            if (_open.Count < _maxStreams)
            {
                Start(call);
            }
            else
            {
                call.Fail(new Http2Exception("The connection has no room.", Http2Error.RefusedStream) { IsUnprocessed = true });
            }
        }

        _waiting.Clear();
    }

    private void TakeGoAway(ReadOnlySpan<byte> payload)
    {
        _closing = true;
        var last = Number(payload) & int.MaxValue;
        var code = (Http2Error)Number(payload[4..]);
        foreach (var call in _open.Values.Where(call => call.Stream > last).Concat(_waiting).ToList())
        {
            _open.Remove(call.Stream);
            _outbox.Drop(call);
            call.Fail(new Http2Exception("The server closes the connection.", code) { IsUnprocessed = true });
        }

        _waiting.Clear();
        if (_open.Count == 0)
        {
            throw new Http2Exception("The server closed the connection.", code);
        }
    }

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
