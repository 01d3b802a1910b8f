using System.Buffers;
using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class EncodedRequestTests
{
    private static readonly RespondActivityTaskCompletedRequest Request = new() { TaskToken = ByteString.CopyFrom(Enumerable.Repeat((byte)7, 5_000).ToArray()) };

    [Fact]
    public async Task A_frame_that_is_still_being_sent_is_not_used_for_another_call()
    {
        var encoded = EncodedRequest.Encode(Request, GrpcCompression.None, new GrpcChannelOptions { Address = "localhost:1" });
        using var content = encoded.ToContent();
        await using var slow = new SlowStream();
        var sending = content.CopyToAsync(slow);

        // The call ends early: its server has answered without reading everything.
        encoded.Release(content);
        encoded.Dispose();
        var others = ArrayPool<byte>.Shared.Rent(5_000);
        others.AsSpan().Clear();
        slow.GoOn();
        await sending;

        Assert.Equal(Request, RespondActivityTaskCompletedRequest.Parser.ParseFrom(slow.Written.AsSpan(GrpcFrame.PrefixBytes)));
        ArrayPool<byte>.Shared.Return(others);
    }

    [Fact]
    public void A_request_beyond_the_channels_limit_is_not_sent()
    {
        var options = new GrpcChannelOptions { Address = "localhost:1", MaxRequestBytes = 5_000 };

        var refusal = Assert.Throws<GrpcException>(() => EncodedRequest.Encode(Request, GrpcCompression.None, options));

        Assert.Equal(GrpcStatusCode.ResourceExhausted, refusal.Code);
    }

    /// <summary>Looks at what it was given only when it is told to go on.</summary>
    private sealed class SlowStream : MemoryStream
    {
        private readonly TaskCompletionSource _goOn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[] Written => ToArray();

        public void GoOn() => _goOn.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await _goOn.Task;
            Write(buffer.Span);
        }
    }
}
