using System.Net;
using System.Net.Http.Headers;

namespace TemporalDev.Protocol.Grpc;

/// <summary>One encoded frame as the body of one try.</summary>
internal sealed class GrpcRequestContent : HttpContent
{
    private static readonly MediaTypeHeaderValue Type = new(GrpcHeaders.ContentType);
    private readonly ReadOnlyMemory<byte> _frame;
    private int _sending;

    public GrpcRequestContent(ReadOnlyMemory<byte> frame)
    {
        _frame = frame;
        Headers.ContentType = Type;
    }

    /// <summary>
    /// A server may answer before it has read everything, and then the HTTP layer still holds the frame:
    /// its buffer must not go back to the pool.
    /// </summary>
    public bool IsSending => Volatile.Read(ref _sending) != 0;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _sending);
        try
        {
            await stream.WriteAsync(_frame, cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
