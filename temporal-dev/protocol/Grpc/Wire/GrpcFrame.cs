using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Pipelines;
using Google.Protobuf;

namespace TemporalDev.Protocol.Grpc;

/// <summary>One length-prefixed message: a flag, four bytes of length in network order, the payload.</summary>
internal static class GrpcFrame
{
    public const int PrefixBytes = 5;

    // Temporal's core knows these sentences of grpc-go by their beginnings and does not retry what they refuse.
    private const string TooLarge = "grpc: received message larger than max";
    private const string TooLargeInflated = "grpc: received message after decompression larger than max";

    public static bool SaysTooLarge(string message) =>
        message.StartsWith(TooLarge, StringComparison.Ordinal) || message.StartsWith(TooLargeInflated, StringComparison.Ordinal);

    public static void WritePrefix(Span<byte> target, bool compressed, int payloadBytes)
    {
        target[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(target[1..], payloadBytes);
    }

    /// <summary>Appends the message as one frame, compressed when it is at least that large and shrinks by it.</summary>
    public static void Append(PooledBuffer target, IMessage message, int messageBytes, int gzipFromBytes)
    {
        var start = target.Length;
        if (messageBytes >= gzipFromBytes && TryAppendCompressed(target, message, messageBytes))
        {
            return;
        }

        target.Truncate(start);
        WritePrefix(target.GetSpan(PrefixBytes + messageBytes), compressed: false, messageBytes);
        target.Advance(PrefixBytes);
        message.WriteTo(target.GetSpan(messageBytes)[..messageBytes]);
        target.Advance(messageBytes);
    }

    /// <summary>Looks at a prefix that has arrived and refuses what can already be refused.</summary>
    public static GrpcPrefix ReadPrefix(ReadOnlySpan<byte> prefix, string? encoding, int maxMessageBytes)
    {
        var length = BinaryPrimitives.ReadUInt32BigEndian(prefix[1..]);
        if (prefix[0] > 1)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"grpc: the frame has the unknown compression flag {prefix[0]}");
        }

        if (prefix[0] == 1 && encoding is null or "identity")
        {
            throw new GrpcException(GrpcStatusCode.Internal, "grpc: compressed flag set with identity or empty encoding");
        }

        if (length > (uint)maxMessageBytes)
        {
            throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"{TooLarge} ({length} vs. {maxMessageBytes})");
        }

        return new GrpcPrefix(prefix[0] == 1, (int)length);
    }

    public static IMessage Parse(MessageParser parser, bool compressed, in ReadOnlySequence<byte> payload, int maxMessageBytes)
    {
        try
        {
            if (!compressed)
            {
                return parser.ParseFrom(payload);
            }

            using var inflated = Inflate(payload, maxMessageBytes);
            return parser.ParseFrom(inflated.WrittenSpan);
        }
        catch (InvalidProtocolBufferException malformed)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"grpc: error unmarshalling message: {malformed.Message}", malformed);
        }
        catch (InvalidDataException corrupt)
        {
            throw new GrpcException(GrpcStatusCode.Internal, $"grpc: failed to decompress the message: {corrupt.Message}", corrupt);
        }
    }

    private static bool TryAppendCompressed(PooledBuffer target, IMessage message, int messageBytes)
    {
        using var plain = new PooledBuffer(messageBytes);
        message.WriteTo(plain.GetSpan(messageBytes)[..messageBytes]);
        plain.Advance(messageBytes);

        var start = target.Length;
        target.GetSpan(PrefixBytes + (messageBytes / 2));
        target.Advance(PrefixBytes);
        using (var gzip = new GZipStream(new BufferStream(target), CompressionLevel.Fastest))
        {
            gzip.Write(plain.WrittenSpan);
        }

        var compressedBytes = target.Length - start - PrefixBytes;
        WritePrefix(target.WrittenSpan[start..], compressed: true, compressedBytes);
        return compressedBytes < messageBytes;
    }

    private static PooledBuffer Inflate(in ReadOnlySequence<byte> payload, int maxMessageBytes)
    {
        var inflated = new PooledBuffer((int)Math.Min(payload.Length * 4, maxMessageBytes));
        try
        {
            using var gzip = new GZipStream(PipeReader.Create(payload).AsStream(), CompressionMode.Decompress);
            while (gzip.Read(inflated.GetSpan()) is > 0 and var read)
            {
                inflated.Advance(read);
                // Checked while inflating: a small frame may expand a thousandfold.
                if (inflated.Length > maxMessageBytes)
                {
                    throw new GrpcException(GrpcStatusCode.ResourceExhausted, $"{TooLargeInflated} ({inflated.Length} vs. {maxMessageBytes})");
                }
            }

            return inflated;
        }
        catch
        {
            inflated.Dispose();
            throw;
        }
    }
}

internal readonly record struct GrpcPrefix(bool Compressed, int PayloadBytes);
