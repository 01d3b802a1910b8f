using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>What goes through windows and frames, both ways.</summary>
public sealed class Http2FlowTests : IAsyncLifetime
{
    private const int UsualWindowBytes = 65_535;
    private const int LargeBytes = 300_000;

    private readonly FrameServer _server = FrameServer.Listen();
    private GrpcChannel _channel = null!;

    public Task InitializeAsync()
    {
        _channel = _server.Connect(options => options with { Compression = GrpcCompression.None });
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_request_goes_no_further_than_the_server_has_opened_the_windows()
    {
        var call = CompleteAsync(LargeBytes);
        var peer = await _server.AcceptAsync();
        var stream = (await peer.ReadAsync(Http2Frame.Headers)).Stream;
        Assert.Equal(UsualWindowBytes, await ReadBodyAsync(peer, UsualWindowBytes));

        // Nothing more may come while only one of the two windows is open: the answer to a ping shows that nothing did.
        await peer.SendAsync(Http2Frame.WindowUpdate, Http2Flags.None, stream, FramePeer.Number(LargeBytes));
        await peer.SendAsync(Http2Frame.Ping, Http2Flags.None, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        FramePeer.Frame next;
        do
        {
            next = (await peer.TryReadAsync())!;
            Assert.NotEqual(Http2Frame.Data, next.Type);
        }
        while (next.Type != Http2Frame.Ping);
        Assert.Equal(new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, next.Payload);

        await peer.SendAsync(Http2Frame.WindowUpdate, Http2Flags.None, 0, FramePeer.Number(LargeBytes));
        var rest = await ReadBodyAsync(peer, int.MaxValue);
        Assert.InRange(UsualWindowBytes + rest, LargeBytes, LargeBytes + 100);
        await peer.AnswerAsync(stream, 1);
        await call;
    }

    [Fact]
    public async Task A_window_that_settings_make_smaller_holds_for_streams_that_are_open()
    {
        var call = CompleteAsync(LargeBytes);
        var peer = await _server.AcceptAsync();
        var stream = (await peer.ReadAsync(Http2Frame.Headers)).Stream;
        await ReadBodyAsync(peer, UsualWindowBytes);

        // All is spent, so that the smaller window is 55,535 bytes in debt.
        await peer.SendAsync(Http2Frame.Settings, Http2Flags.None, 0, FramePeer.Settings((FramePeer.InitialWindow, 10_000)));
        await peer.SendAsync(Http2Frame.WindowUpdate, Http2Flags.None, 0, FramePeer.Number(LargeBytes));
        await peer.SendAsync(Http2Frame.WindowUpdate, Http2Flags.None, stream, FramePeer.Number(55_535 + 1_000));
        Assert.Equal(1_000, await ReadBodyAsync(peer, 1_000));

        await peer.SendAsync(Http2Frame.WindowUpdate, Http2Flags.None, stream, FramePeer.Number(LargeBytes));
        Assert.InRange(UsualWindowBytes + 1_000 + await ReadBodyAsync(peer, int.MaxValue), LargeBytes, LargeBytes + 100);
        await peer.AnswerAsync(stream, 1);
        await call;
    }

    [Theory]
    [InlineData(0)]
    [InlineData(255)]
    public async Task Windows_are_opened_again_for_all_that_an_answer_takes_of_them_padding_too(int padding)
    {
        // More than the whole connection may have ahead; or more than the stream, and mostly padding.
        var pieces = padding == 0 ? 2_500 : 5_000;
        var pieceBytes = padding == 0 ? 8_000 : 40;
        var call = HistoryAsync();
        var peer = await _server.AcceptAsync();
        var request = await peer.ReadRequestAsync();
        var windows = new Windows(peer, request.Stream);
        await peer.SendAsync(Http2Frame.Headers, Http2Flags.EndHeaders, request.Stream, FramePeer.AnswerHeaders());
        var body = FramePeer.Framed(new GetWorkflowExecutionHistoryResponse { NextPageToken = ByteString.CopyFrom(new byte[(pieces * pieceBytes) - 100]) });
        for (var sent = 0; sent < body.Length; sent += pieceBytes)
        {
            var piece = body.AsSpan(sent, Math.Min(pieceBytes, body.Length - sent));
            byte[] payload = padding == 0 ? [.. piece] : [(byte)padding, .. piece, .. new byte[padding]];
            await windows.TakeAsync(payload.Length);
            await peer.SendAsync(Http2Frame.Data, padding == 0 ? Http2Flags.None : Http2Flags.Padded, request.Stream, payload);
        }

        await peer.SendAsync(Http2Frame.Headers, Http2Flags.EndHeaders | Http2Flags.EndStream, request.Stream, FramePeer.Trailers());
        Assert.Equal((pieces * pieceBytes) - 100, (await call).NextPageToken.Length);
    }

    [Fact]
    public async Task Header_blocks_may_take_several_frames_both_ways()
    {
        var options = new GrpcCallOptions { Metadata = new GrpcMetadata { { "long", new string('x', 40_000) } } };
        var call = _channel.UnaryAsync<CountWorkflowExecutionsResponse>(SampleService.Count, new CountWorkflowExecutionsRequest(), options);
        var peer = await _server.AcceptAsync();

        var request = await peer.ReadRequestAsync();

        Assert.Equal(3, request.HeaderFrames);
        Assert.Equal(40_000, request.Fields.Single(field => field.Key == "long").Value.Length);
        await peer.SendAsync(Http2Frame.Headers, Http2Flags.None, request.Stream, FramePeer.AnswerHeaders());
        await peer.SendAsync(Http2Frame.Continuation, Http2Flags.EndHeaders, request.Stream);
        await peer.SendAsync(Http2Frame.Data, Http2Flags.None, request.Stream, FramePeer.Framed(new CountWorkflowExecutionsResponse { Count = 5 }));
        var trailers = FramePeer.Trailers();
        await peer.SendAsync(Http2Frame.Headers, Http2Flags.EndStream, request.Stream, trailers[..3]);
        await peer.SendAsync(Http2Frame.Continuation, Http2Flags.None, request.Stream, trailers[3..4]);
        await peer.SendAsync(Http2Frame.Continuation, Http2Flags.EndHeaders, request.Stream, trailers[4..]);
        Assert.Equal(5, (await call).Count);
    }

    [Fact]
    public async Task Another_frame_within_a_header_block_ends_the_connection()
    {
        var call = CompleteAsync(1);
        var peer = await _server.AcceptAsync();
        var request = await peer.ReadRequestAsync();

        await peer.SendAsync(Http2Frame.Headers, Http2Flags.None, request.Stream, FramePeer.AnswerHeaders());
        await peer.SendAsync(Http2Frame.Ping, Http2Flags.None, 0, new byte[8]);

        Assert.Contains("within a header block", (await Assert.ThrowsAsync<GrpcException>(() => call)).Message, StringComparison.Ordinal);
        await peer.ClosedAsync();
    }

    [Fact]
    public async Task Headers_that_unfold_beyond_the_limit_fail_their_call_and_no_other()
    {
        var (first, second) = (CompleteAsync(1), CompleteAsync(1));
        var peer = await _server.AcceptAsync();
        var (large, small) = (await peer.ReadRequestAsync(), await peer.ReadRequestAsync());

        // One field of 4,000 bytes that is kept, and three hundred references to it of one byte.
        byte[] kept = [0x40, .. Text("x"), .. Text(new string('y', 3_900))];
        await peer.SendAsync(Http2Frame.Headers, Http2Flags.EndHeaders, large.Stream, [.. FramePeer.AnswerHeaders(), .. kept, .. Enumerable.Repeat((byte)(0x80 | 62), 300)]);
        await peer.AnswerAsync(small.Stream, 7);

        var failure = await Assert.ThrowsAsync<GrpcException>(() => large.Stream == 1 ? first : second);
        Assert.Equal(GrpcStatusCode.ResourceExhausted, failure.Code);
        await (large.Stream == 1 ? second : first);
        Assert.Equal(large.Stream, (await peer.ReadAsync(Http2Frame.Reset)).Stream);
        Assert.Equal(1, _server.Connections);
    }

    private static byte[] Text(string text)
    {
        var field = FramePeer.Block((text, string.Empty));
        // Without the octet of the kind before and that of the empty value behind.
        return field[1..^1];
    }

    private Task<RespondActivityTaskCompletedResponse> CompleteAsync(int bytes) => _channel.UnaryAsync<RespondActivityTaskCompletedResponse>(
        SampleService.Complete, new RespondActivityTaskCompletedRequest { TaskToken = ByteString.CopyFrom(new byte[bytes]) });

    private Task<GetWorkflowExecutionHistoryResponse> HistoryAsync() =>
        _channel.UnaryAsync<GetWorkflowExecutionHistoryResponse>(SampleService.History, new GetWorkflowExecutionHistoryRequest());

    private static async Task<int> ReadBodyAsync(FramePeer peer, int bytes)
    {
        var read = 0;
        for (var last = false; !last && read < bytes;)
        {
            var data = await peer.ReadAsync(Http2Frame.Data);
            read += data.Payload.Length;
            last = data.Has(Http2Flags.EndStream);
        }

        return read;
    }

    /// <summary>What the client lets a server send ahead, kept as strictly as a server has to.</summary>
    private sealed class Windows(FramePeer peer, int stream)
    {
        private int _ofStream = Http2Outbox.StreamWindowBytes;

        // The client has opened it before the request, which has passed over that.
        private int _ofConnection = Http2Outbox.ConnectionWindowBytes;

        public async Task TakeAsync(int bytes)
        {
            while (_ofStream < bytes || _ofConnection < bytes)
            {
                var update = await peer.ReadAsync(Http2Frame.WindowUpdate);
                Assert.Contains(update.Stream, new[] { 0, stream });
                (_ofStream, _ofConnection) = update.Stream == 0 ? (_ofStream, _ofConnection + update.Number) : (_ofStream + update.Number, _ofConnection);
            }

            _ofStream -= bytes;
            _ofConnection -= bytes;
        }
    }
}
