using System.Buffers;
using Google.Protobuf;

namespace TemporalDev.Protocol.Grpc;

/// <summary>The one message of an answer while it arrives; what cannot be taken is refused as soon as that shows.</summary>
internal sealed class IncomingMessage(string? encoding, int maxMessageBytes) : IDisposable
{
    private const int FirstReadBytes = 4096;

    private readonly PooledBuffer _bytes = new(FirstReadBytes);
    private GrpcPrefix? _prefix;

    public Memory<byte> GetMemory() =>
        _bytes.GetMemory(_prefix is { } known ? GrpcFrame.PrefixBytes + known.PayloadBytes - _bytes.Length : 0);

    /// <exception cref="GrpcException">It is too large, or not what was announced.</exception>
    public void Advance(int count)
    {
        _bytes.Advance(count);
        if (_prefix is null && _bytes.Length >= GrpcFrame.PrefixBytes)
        {
            _prefix = GrpcFrame.ReadPrefix(_bytes.WrittenSpan[..GrpcFrame.PrefixBytes], encoding, maxMessageBytes);
        }

        if (_prefix is { } known && _bytes.Length > GrpcFrame.PrefixBytes + known.PayloadBytes)
        {
            throw new GrpcException(GrpcStatusCode.Internal, "the response has more bytes than its message");
        }
    }

    /// <exception cref="GrpcException">It is too large, or not what was announced.</exception>
    public void Append(ReadOnlySpan<byte> data)
    {
        // The prefix first: it may refuse the rest, and says how much room that needs.
        while (!data.IsEmpty)
        {
            var piece = _prefix is null ? data[..Math.Min(GrpcFrame.PrefixBytes - _bytes.Length, data.Length)] : data;
            var room = GetMemory().Span;
            piece.CopyTo(room.Length >= piece.Length ? room : _bytes.GetSpan(piece.Length));
            Advance(piece.Length);
            data = data[piece.Length..];
        }
    }

    public IMessage Parse(MessageParser parser) =>
        _prefix is { } frame && _bytes.Length == GrpcFrame.PrefixBytes + frame.PayloadBytes
            ? GrpcFrame.Parse(parser, frame.Compressed, new ReadOnlySequence<byte>(_bytes.Written[GrpcFrame.PrefixBytes..]), maxMessageBytes)
            : throw new GrpcException(GrpcStatusCode.Internal, $"the response has {_bytes.Length} bytes, which is not one whole message");

    public void Dispose() => _bytes.Dispose();
}
