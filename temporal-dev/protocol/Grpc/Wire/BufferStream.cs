namespace TemporalDev.Protocol.Grpc;

/// <summary>The write side of a <see cref="PooledBuffer"/> as a stream, for the compressor.</summary>
internal sealed class BufferStream(PooledBuffer target) : Stream
{
    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => target.Length;

    public override long Position
    {
        get => target.Length;
        set => throw new NotSupportedException("The buffer only grows.");
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        buffer.CopyTo(target.GetSpan(buffer.Length));
        target.Advance(buffer.Length);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("The buffer is written only.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The buffer only grows.");

    public override void SetLength(long value) => throw new NotSupportedException("The buffer only grows.");
}
