using System.Buffers;
using Google.Protobuf;
using Temporalio.Api.Common.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class GrpcFrameTests
{
    private const int Limit = 100_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(1023)]
    [InlineData(1024)]
    [InlineData(90_000)]
    public void A_message_comes_back_from_its_frame(int size)
    {
        var message = Compressible(size);

        foreach (var gzipFrom in new[] { 0, 1024, int.MaxValue })
        {
            using var frame = Frame(message, gzipFrom);
            Assert.Equal(message, Read(frame.WrittenSpan.ToArray(), "gzip"));
        }
    }

    [Fact]
    public void Only_messages_that_shrink_are_compressed()
    {
        var noise = new byte[10_000];
        new Random(1).NextBytes(noise);

        using var shrinks = Frame(Compressible(10_000), gzipFromBytes: 1024);
        using var small = Frame(Compressible(100), gzipFromBytes: 1024);
        using var dense = Frame(new Payload { Data = ByteString.CopyFrom(noise) }, gzipFromBytes: 1024);

        Assert.Equal(1, shrinks.WrittenSpan[0]);
        Assert.InRange(shrinks.Length, 1, 1000);
        Assert.Equal(0, small.WrittenSpan[0]);
        Assert.Equal(0, dense.WrittenSpan[0]);
    }

    [Theory]
    [InlineData(new byte[] { 2, 0, 0, 0, 0 }, "gzip", GrpcStatusCode.Internal)]
    [InlineData(new byte[] { 255, 0, 0, 0, 0 }, "gzip", GrpcStatusCode.Internal)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, null, GrpcStatusCode.Internal)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0 }, "identity", GrpcStatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 1, 134, 161 }, null, GrpcStatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 0, 255, 255, 255, 255 }, null, GrpcStatusCode.ResourceExhausted)]
    [InlineData(new byte[] { 1, 0, 0, 0, 3, 1, 2, 3 }, "gzip", GrpcStatusCode.Internal)]
    [InlineData(new byte[] { 0, 0, 0, 0, 2, 10, 200 }, null, GrpcStatusCode.Internal)]
    public void A_broken_frame_is_refused_with_its_status(byte[] frame, string? encoding, GrpcStatusCode code) =>
        Assert.Equal(code, Assert.Throws<GrpcException>(() => Read(frame, encoding)).Code);

    [Fact]
    public void A_small_frame_that_inflates_beyond_the_limit_is_stopped()
    {
        using var bomb = Frame(Compressible(5_000_000), gzipFromBytes: 0);
        Assert.InRange(bomb.Length, 1, Limit);

        var refusal = Assert.Throws<GrpcException>(() => Read(bomb.WrittenSpan.ToArray(), "gzip"));

        Assert.Equal(GrpcStatusCode.ResourceExhausted, refusal.Code);
        Assert.StartsWith("grpc: received message after decompression larger than max", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Random_bytes_are_a_message_or_a_status_and_nothing_else()
    {
        var random = new Random(14);
        using var good = Frame(Compressible(3_000), gzipFromBytes: 0);
        for (var i = 0; i < 3_000; i++)
        {
            var bytes = random.Next(2) == 0 ? good.WrittenSpan.ToArray() : new byte[GrpcFrame.PrefixBytes + random.Next(60)];
            for (var changes = random.Next(1, 8); changes > 0; changes--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            var failure = Record.Exception(() => Read(bytes, "gzip"));

            Assert.True(failure is null or GrpcException { Code: GrpcStatusCode.Internal or GrpcStatusCode.ResourceExhausted }, failure?.ToString());
        }
    }

    private static Payload Compressible(int size) => new() { Data = ByteString.CopyFrom(new byte[size]) };

    private static PooledBuffer Frame(Payload message, int gzipFromBytes)
    {
        var buffer = new PooledBuffer(16);
        GrpcFrame.Append(buffer, message, message.CalculateSize(), gzipFromBytes);
        return buffer;
    }

    private static Payload Read(byte[] frame, string? encoding)
    {
        var prefix = GrpcFrame.ReadPrefix(frame.AsSpan(0, GrpcFrame.PrefixBytes), encoding, Limit);
        return (Payload)GrpcFrame.Parse(Payload.Parser, prefix.Compressed, new ReadOnlySequence<byte>(frame.AsMemory(GrpcFrame.PrefixBytes)), Limit);
    }
}
