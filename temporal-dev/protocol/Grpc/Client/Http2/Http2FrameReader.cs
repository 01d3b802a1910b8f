using System.Buffers.Binary;
using System.Net.Sockets;

namespace TemporalDev.Protocol.Grpc;

/// <summary>RFC 9113, section 6.</summary>
internal enum Http2Frame : byte
{
    Data = 0x0,
    Headers = 0x1,
    Reset = 0x3,
    Settings = 0x4,
    Push = 0x5,
    Ping = 0x6,
    GoAway = 0x7,
    WindowUpdate = 0x8,
    Continuation = 0x9,
}

[Flags]
internal enum Http2Flags : byte
{
    None = 0,
    EndStream = 0x1,
    EndHeaders = 0x4,
    Padded = 0x8,
    Priority = 0x20,
}

/// <param name="Length">Of the payload as it was sent, padding included: that is what windows count.</param>
internal readonly record struct Http2Head(Http2Frame Type, Http2Flags Flags, int Stream, int Length)
{
    /// <summary>What the end of a stream is for streams.</summary>
    public const Http2Flags Ack = Http2Flags.EndStream;

    public bool Has(Http2Flags flag) => (Flags & flag) != 0;
}

/// <summary>Takes the frames of one connection off its socket; a header block comes as one frame, however many it took.</summary>
internal sealed class Http2FrameReader(Socket socket, int maxHeaderBytes) : IDisposable
{
    public const int HeadBytes = 9;

    // This side never allows more than what everybody has to.
    public const int MaxPayloadBytes = 16 * 1024;

    private const int PriorityBytes = 5;

    private readonly byte[] _buffer = new byte[2 * (HeadBytes + MaxPayloadBytes)];
    private readonly PooledBuffer _block = new(MaxPayloadBytes);
    private int _start;
    private int _end;
    private bool _begun;

    /// <summary>Blocks until a whole frame is there. The payload, without padding, is valid until the next read.</summary>
    public ReadOnlySpan<byte> Read(out Http2Head head)
    {
        var payload = ReadOne(out head);
        switch (head.Type)
        {
            case Http2Frame.Data:
                return Unpadded(head, payload);
            case Http2Frame.Headers:
                return ReadBlock(head, payload);
            case Http2Frame.Continuation:
                throw Http2Exception.Broken(Http2Error.Protocol, "a header block goes on that has not begun");
            default:
                return payload;
        }
    }

    public void Dispose() => _block.Dispose();

    private ReadOnlySpan<byte> ReadBlock(Http2Head head, ReadOnlySpan<byte> payload)
    {
        payload = Unpadded(head, payload);
        if (head.Has(Http2Flags.Priority))
        {
            payload = payload.Length >= PriorityBytes ? payload[PriorityBytes..] : throw Http2Exception.Broken(Http2Error.FrameSize, "a frame is too short");
        }

        if (head.Has(Http2Flags.EndHeaders))
        {
            return payload;
        }

        _block.Truncate(0);
        Append(payload);
        while (true)
        {
            payload = ReadOne(out var next);
            if (next.Type != Http2Frame.Continuation || next.Stream != head.Stream)
            {
                throw Http2Exception.Broken(Http2Error.Protocol, "another frame comes within a header block");
            }

            Append(payload);
            if (next.Has(Http2Flags.EndHeaders))
            {
                return _block.WrittenSpan;
            }
        }
    }

    private void Append(ReadOnlySpan<byte> payload)
    {
        if (_block.Length + payload.Length > maxHeaderBytes)
        {
            throw Http2Exception.Broken(Http2Error.Protocol, $"a header block has more than {maxHeaderBytes} bytes");
        }

        payload.CopyTo(_block.GetSpan(payload.Length));
        _block.Advance(payload.Length);
    }

    private ReadOnlySpan<byte> ReadOne(out Http2Head head)
    {
        Fill(HeadBytes);
        var bytes = _buffer.AsSpan(_start, HeadBytes);
        var length = (bytes[0] << 16) | (bytes[1] << 8) | bytes[2];
        head = new Http2Head((Http2Frame)bytes[3], (Http2Flags)bytes[4], BinaryPrimitives.ReadInt32BigEndian(bytes[5..]) & int.MaxValue, length);
        if (!_begun && (head.Type != Http2Frame.Settings || length > MaxPayloadBytes))
        {
            throw new Http2Exception("What listens there does not speak HTTP/2.");
        }

        _begun = true;
        if (length > MaxPayloadBytes)
        {
            throw Http2Exception.Broken(Http2Error.FrameSize, $"a frame has {length} bytes");
        }

        Fill(HeadBytes + length);
        var payload = _buffer.AsSpan(_start + HeadBytes, length);
        _start += HeadBytes + length;
        return payload;
    }

    private void Fill(int needed)
    {
        if (_end - _start >= needed)
        {
            return;
        }

        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        while (_end < needed)
        {
            var read = socket.Receive(_buffer.AsSpan(_end));
            _end += read > 0 ? read : throw new Http2Exception("The server closed the connection.");
        }
    }

    private static ReadOnlySpan<byte> Unpadded(Http2Head head, ReadOnlySpan<byte> payload)
    {
        if (!head.Has(Http2Flags.Padded))
        {
            return payload;
        }

        return payload.Length > 0 && payload[0] < payload.Length
            ? payload[1..^payload[0]]
            : throw Http2Exception.Broken(Http2Error.Protocol, "a frame is padded beyond its end");
    }
}
