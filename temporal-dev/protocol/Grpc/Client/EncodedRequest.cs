using Google.Protobuf;

namespace TemporalDev.Protocol.Grpc;

/// <summary>A request encoded once for all tries of its call.</summary>
internal sealed class EncodedRequest : IDisposable
{
    private readonly PooledBuffer _buffer;
    private bool _stillSending;

    private EncodedRequest(PooledBuffer buffer)
    {
        _buffer = buffer;
        IsCompressed = buffer.WrittenSpan[0] == 1;
    }

    public bool IsCompressed { get; }

    public ReadOnlyMemory<byte> Frame => _buffer.Written;

    public static EncodedRequest Encode(IMessage message, GrpcCompression compression, GrpcChannelOptions options)
    {
        var size = message.CalculateSize();
        if (size > options.MaxRequestBytes)
        {
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"grpc: trying to send message larger than max ({size} vs. {options.MaxRequestBytes})");
        }

        var buffer = new PooledBuffer(GrpcFrame.PrefixBytes + size);
        GrpcFrame.Append(buffer, message, size, compression == GrpcCompression.Gzip ? options.CompressFromBytes : int.MaxValue);
        return new EncodedRequest(buffer);
    }

    public GrpcRequestContent ToContent() => new(_buffer.Written);

    public void Release(GrpcRequestContent content) => _stillSending |= content.IsSending;

    // A buffer that the HTTP layer may still read is left to the garbage collector.
    public void Dispose()
    {
        if (!_stillSending)
        {
            _buffer.Dispose();
        }
    }
}
