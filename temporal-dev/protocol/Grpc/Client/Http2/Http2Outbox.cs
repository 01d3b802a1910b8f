using System.Buffers.Binary;

namespace TemporalDev.Protocol.Grpc;

/// <summary>What one connection still has to send, within the windows that the server grants. Its owner holds the lock.</summary>
internal sealed class Http2Outbox(string authority) : IDisposable
{
    /// <summary>How far the server may send ahead, on one stream and on all of them: what arrives is taken at once.</summary>
    public const int StreamWindowBytes = 1024 * 1024;
    public const int ConnectionWindowBytes = 16 * 1024 * 1024;

    public const int UsualWindowBytes = 65_535;

    private const int MostAtOnceBytes = 64 * 1024;

    // Far more than anybody asks before reading what was answered.
    private const int MostUnsentControlBytes = 64 * 1024;
    private const ushort EnablePush = 0x2;
    private const ushort InitialWindow = 0x4;
    private const ushort MaxHeaderList = 0x6;

    private readonly PooledBuffer _control = new(256);
    private readonly PooledBuffer _block = new(1024);
    private readonly List<Http2Call> _sending = [];
    private long _window = UsualWindowBytes;
    private bool _saidNoTable;

    /// <summary>As the server has set it for every new stream.</summary>
    public int InitialWindowBytes { get; private set; } = UsualWindowBytes;

    public int MaxFrameBytes { get; set; } = Http2FrameReader.MaxPayloadBytes;

    public bool HasWork => _control.Length > 0 || _sending.Exists(CanSend);

    public void Begin(int maxHeaderBytes)
    {
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.CopyTo(_control.GetSpan(24));
        _control.Advance(24);
        Span<byte> settings = stackalloc byte[18];
        WriteSetting(settings, EnablePush, 0);
        WriteSetting(settings[6..], InitialWindow, StreamWindowBytes);
        WriteSetting(settings[12..], MaxHeaderList, maxHeaderBytes);
        Write(_control, Http2Frame.Settings, Http2Flags.None, 0, settings);
        GiveWindow(0, ConnectionWindowBytes - UsualWindowBytes);
    }

    public void Send(Http2Call call)
    {
        call.Window = InitialWindowBytes;
        _sending.Add(call);
    }

    public void Drop(Http2Call call) => _sending.Remove(call);

    public void Acknowledge(Http2Frame frame, ReadOnlySpan<byte> payload)
    {
        if (_control.Length > MostUnsentControlBytes)
        {
            throw Http2Exception.Broken(Http2Error.Protocol, "it asks and does not take the answers");
        }

        Write(_control, frame, Http2Head.Ack, 0, payload);
    }

    public void Ping() => Write(_control, Http2Frame.Ping, Http2Flags.None, 0, stackalloc byte[8]);

    public void Reset(int stream, Http2Error code) => WriteNumber(Http2Frame.Reset, stream, (int)code);

    public void GiveWindow(int stream, int bytes) => WriteNumber(Http2Frame.WindowUpdate, stream, bytes);

    public void TakeWindow(int bytes) => _window = Checked(_window + bytes);

    public static void TakeWindow(Http2Call call, int bytes) => call.Window = Checked(call.Window + bytes);

    /// <summary>Streams that are open already move by the difference, which may take what they have below nothing.</summary>
    public void ChangeInitialWindow(int bytes)
    {
        foreach (var call in _sending)
        {
            TakeWindow(call, bytes - InitialWindowBytes);
        }

        InitialWindowBytes = bytes;
    }

    /// <summary>A piece of each call in turn, so that a large one does not hold up the small ones.</summary>
    public void Fill(PooledBuffer target)
    {
        _control.WrittenSpan.CopyTo(target.GetSpan(_control.Length));
        target.Advance(_control.Length);
        _control.Truncate(0);
        var sent = true;
        while (sent && target.Length < MostAtOnceBytes)
        {
            sent = false;
            for (var i = 0; i < _sending.Count; i++)
            {
                if (CanSend(_sending[i]))
                {
                    sent = true;
                    SendPiece(_sending[i], target);
                }
            }

            _sending.RemoveAll(static call => call.IsSent);
        }
    }

    public void Dispose()
    {
        _control.Dispose();
        _block.Dispose();
    }

    private bool CanSend(Http2Call call) => !call.HasSentHeaders || (_window > 0 && call.Window > 0);

    private void SendPiece(Http2Call call, PooledBuffer target)
    {
        if (!call.HasSentHeaders)
        {
            WriteHeaders(call, target);
        }

        var bytes = (int)Math.Min(Math.Min(call.Unsent.Length, MaxFrameBytes), Math.Min(_window, call.Window));
        if (bytes > 0)
        {
            _window -= bytes;
            call.Window -= bytes;
            var piece = call.TakePiece(bytes);
            Write(target, Http2Frame.Data, call.IsSent ? Http2Flags.EndStream : Http2Flags.None, call.Stream, piece);
        }
    }

    private void WriteHeaders(Http2Call call, PooledBuffer target)
    {
        call.HasSentHeaders = true;
        _block.Truncate(0);
        if (!_saidNoTable)
        {
            _saidNoTable = true;
            HpackEncoder.WriteNoTable(_block);
        }

        HpackEncoder.WriteRequest(_block, authority, call.Request.Path);
        HpackEncoder.Write(_block, "content-type", GrpcHeaders.ContentType);
        foreach (var (name, value) in call.Request.Headers)
        {
            HpackEncoder.Write(_block, name, value);
        }

        var rest = _block.WrittenSpan;
        for (var type = Http2Frame.Headers; ; type = Http2Frame.Continuation)
        {
            var piece = rest[..Math.Min(rest.Length, MaxFrameBytes)];
            rest = rest[piece.Length..];
            Write(target, type, rest.IsEmpty ? Http2Flags.EndHeaders : Http2Flags.None, call.Stream, piece);
            if (rest.IsEmpty)
            {
                return;
            }
        }
    }

    private void WriteNumber(Http2Frame type, int stream, int value)
    {
        Span<byte> payload = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(payload, value);
        Write(_control, type, Http2Flags.None, stream, payload);
    }

    private static void Write(PooledBuffer target, Http2Frame type, Http2Flags flags, int stream, ReadOnlySpan<byte> payload)
    {
        var span = target.GetSpan(Http2FrameReader.HeadBytes + payload.Length);
        span[0] = (byte)(payload.Length >> 16);
        span[1] = (byte)(payload.Length >> 8);
        span[2] = (byte)payload.Length;
        span[3] = (byte)type;
        span[4] = (byte)flags;
        BinaryPrimitives.WriteInt32BigEndian(span[5..], stream);
        payload.CopyTo(span[Http2FrameReader.HeadBytes..]);
        target.Advance(Http2FrameReader.HeadBytes + payload.Length);
    }

    private static void WriteSetting(Span<byte> target, ushort name, int value)
    {
        BinaryPrimitives.WriteUInt16BigEndian(target, name);
        BinaryPrimitives.WriteInt32BigEndian(target[2..], value);
    }

    private static long Checked(long window) =>
        window <= int.MaxValue ? window : throw Http2Exception.Broken(Http2Error.FlowControl, "a window is opened too far");
}
