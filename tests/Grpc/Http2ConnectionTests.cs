using System.Diagnostics;
using Google.Protobuf;
using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>Connections in plain text, seen from a server that does what servers and networks do at their worst.</summary>
public sealed class Http2ConnectionTests : IAsyncLifetime
{
    private static readonly GrpcKeepAlive Impatient = new(TimeSpan.FromMilliseconds(150), TimeSpan.FromMilliseconds(1500));

    private readonly FrameServer _server = FrameServer.Listen();
    private readonly List<GrpcChannel> _channels = [];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        _channels.ForEach(channel => channel.Dispose());
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_goes_silent_is_noticed_and_its_calls_are_unavailable()
    {
        var channel = Connect(options => options with { KeepAlive = Impatient });
        var (first, second) = (CountAsync(channel), CountAsync(channel));
        var peer = await _server.AcceptAsync();

        await peer.ReadAsync(Http2Frame.Ping);

        foreach (var call in new[] { first, second })
        {
            var failure = await Assert.ThrowsAsync<GrpcException>(() => call);
            Assert.Equal(GrpcStatusCode.Unavailable, failure.Code);
            Assert.Contains("has not answered a ping", failure.Message, StringComparison.Ordinal);
        }

        var next = CountAsync(channel);
        await AnswerOneAsync(await _server.AcceptAsync(), 3);
        Assert.Equal(3, (await next).Count);
    }

    [Fact]
    public async Task A_server_that_answers_pings_is_waited_for()
    {
        var channel = Connect(options => options with { KeepAlive = new(TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(20)) });
        var call = CountAsync(channel);
        var peer = await _server.AcceptAsync();
        var request = await peer.ReadRequestAsync();
        for (var pings = 0; pings < 4; pings++)
        {
            var ping = await peer.ReadAsync(Http2Frame.Ping);
            await peer.SendAsync(Http2Frame.Ping, Http2Head.Ack, 0, ping.Payload);
        }

        await peer.AnswerAsync(request.Stream, 4);

        Assert.Equal(4, (await call).Count);
    }

    [Fact]
    public async Task A_server_that_takes_no_more_bytes_is_noticed_in_the_middle_of_a_request()
    {
        var channel = Connect(options => options with { KeepAlive = Impatient, Compression = GrpcCompression.None });
        var request = new RespondActivityTaskCompletedRequest { TaskToken = ByteString.CopyFrom(new byte[32 * 1024 * 1024]) };
        var waited = Stopwatch.StartNew();
        var call = channel.UnaryAsync<RespondActivityTaskCompletedResponse>(SampleService.Complete, request);
        var peer = await _server.AcceptAsync((FramePeer.InitialWindow, int.MaxValue));
        await peer.SendAsync(Http2Frame.WindowUpdate, Http2Flags.None, 0, FramePeer.Number(int.MaxValue - 65_535));

        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => call)).Code);
        Assert.InRange(waited.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task A_connection_lost_in_the_middle_ends_its_calls_and_the_next_call_dials_again()
    {
        var channel = Connect();
        var (begun, waiting) = (CountAsync(channel), CountAsync(channel));
        var peer = await _server.AcceptAsync();
        var request = await peer.ReadRequestAsync();
        await peer.SendAsync(Http2Frame.Headers, Http2Flags.EndHeaders, request.Stream, FramePeer.AnswerHeaders());

        peer.Cut();

        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => begun)).Code);
        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => waiting)).Code);
        var next = CountAsync(channel);
        await AnswerOneAsync(await _server.AcceptAsync(), 5);
        Assert.Equal(5, (await next).Count);
    }

    [Fact]
    public async Task A_server_that_goes_away_finishes_what_it_has_begun_and_the_rest_goes_to_another_connection()
    {
        var channel = Connect();
        var calls = new[] { CountAsync(channel), CountAsync(channel) };
        var leaving = await _server.AcceptAsync();
        var (kept, unread) = (await leaving.ReadRequestAsync(), await leaving.ReadRequestAsync());

        await leaving.SendAsync(Http2Frame.GoAway, Http2Flags.None, 0, [.. FramePeer.Number(kept.Stream), .. FramePeer.Number(0)]);
        var fresh = await _server.AcceptAsync();
        await AnswerOneAsync(fresh, 2);
        var later = CountAsync(channel);
        await AnswerOneAsync(fresh, 3);
        await leaving.AnswerAsync(kept.Stream, 1);

        Assert.Equal([1, 2], (await Task.WhenAll(calls)).Select(answer => answer.Count).Order());
        Assert.Equal(3, (await later).Count);
        Assert.Equal((1, 3), (kept.Stream, unread.Stream));
        // Nobody needs it any more, so it is the client that closes it.
        await leaving.ClosedAsync();
        Assert.Equal(2, _server.Connections);
    }

    [Fact]
    public async Task A_refused_stream_is_tried_again_until_it_is_plain_that_nobody_wants_it()
    {
        var channel = Connect();
        var call = CountAsync(channel);
        var peer = await _server.AcceptAsync();
        for (var refusals = 0; refusals < 3; refusals++)
        {
            await peer.SendAsync(Http2Frame.Reset, Http2Flags.None, (await peer.ReadRequestAsync()).Stream, FramePeer.Number((int)Http2Error.RefusedStream));
        }

        await AnswerOneAsync(peer, 6);
        Assert.Equal(6, (await call).Count);

        var unwanted = CountAsync(channel);
        for (var refusals = 0; refusals < 4; refusals++)
        {
            await peer.SendAsync(Http2Frame.Reset, Http2Flags.None, (await peer.ReadRequestAsync()).Stream, FramePeer.Number((int)Http2Error.RefusedStream));
        }

        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => unwanted)).Code);
    }

    [Fact]
    public async Task Calls_beyond_what_the_server_allows_open_connections_up_to_the_limit_and_wait_then()
    {
        var channel = Connect(options => options with { MaxConnections = 2 });
        var first = CountAsync(channel);
        var one = await _server.AcceptAsync((FramePeer.MaxStreams, 1));
        var ofFirst = await one.ReadRequestAsync();
        await one.AcknowledgedAsync();
        var others = Enumerable.Range(0, 4).Select(_ => CountAsync(channel)).ToList();
        var two = await _server.AcceptAsync((FramePeer.MaxStreams, 1));
        var ofSecond = await two.ReadRequestAsync();

        await one.AnswerAsync(ofFirst.Stream, 1);
        await AnswerOneAsync(one, 2);
        await AnswerOneAsync(one, 3);
        await AnswerOneAsync(one, 4);
        await two.AnswerAsync(ofSecond.Stream, 5);

        Assert.Equal([1, 2, 3, 4, 5], (await Task.WhenAll([first, .. others])).Select(answer => answer.Count).Order());
        Assert.Equal(2, _server.Connections);
    }

    [Fact]
    public async Task A_cancelled_call_resets_its_stream_and_leaves_its_place_to_one_that_waits()
    {
        var channel = Connect(options => options with { MaxConnections = 1 });
        using var leave = new CancellationTokenSource();
        var left = CountAsync(channel, leave.Token);
        var peer = await _server.AcceptAsync((FramePeer.MaxStreams, 1));
        var abandoned = await peer.ReadRequestAsync();
        await peer.AcknowledgedAsync();
        using var giveUp = new CancellationTokenSource();
        var (never, waiting) = (CountAsync(channel, giveUp.Token), CountAsync(channel));

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => never);
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);

        var reset = await peer.ReadAsync(Http2Frame.Reset);
        Assert.Equal((abandoned.Stream, (int)Http2Error.Cancel), (reset.Stream, reset.Number));
        await AnswerOneAsync(peer, 8);
        Assert.Equal(8, (await waiting).Count);
        Assert.Equal(1, _server.Connections);
    }

    [Fact]
    public async Task A_caller_that_is_held_goes_on_with_the_answer()
    {
        var channel = Connect(options => options with { Hold = TimeSpan.FromSeconds(30) });
        var answering = Task.Run(AnswerNextAsync);

        var call = CountAsync(channel);

        Assert.True(call.IsCompletedSuccessfully);
        Assert.Equal(9, (await call).Count);
        await answering;

        async Task AnswerNextAsync() => await AnswerOneAsync(await _server.AcceptAsync(), 9);
    }

    [Fact]
    public async Task A_caller_is_held_no_longer_than_it_may_be()
    {
        var channel = Connect(options => options with { Hold = TimeSpan.FromMilliseconds(10) });

        var call = CountAsync(channel);

        Assert.False(call.IsCompleted);
        await AnswerOneAsync(await _server.AcceptAsync(), 10);
        Assert.Equal(10, (await call).Count);
    }

    [Fact]
    public async Task A_channel_that_is_closed_ends_what_runs_and_what_waits()
    {
        var channel = Connect(options => options with { MaxConnections = 1 });
        var runs = CountAsync(channel);
        var peer = await _server.AcceptAsync((FramePeer.MaxStreams, 1));
        await peer.ReadRequestAsync();
        await peer.AcknowledgedAsync();
        var waits = CountAsync(channel);

        channel.Dispose();

        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => runs)).Code);
        Assert.Equal(GrpcStatusCode.Unavailable, (await Assert.ThrowsAsync<GrpcException>(() => waits)).Code);
        await peer.ClosedAsync();
    }

    private static async Task AnswerOneAsync(FramePeer peer, long count) => await peer.AnswerAsync((await peer.ReadRequestAsync()).Stream, count);

    private static Task<CountWorkflowExecutionsResponse> CountAsync(GrpcChannel channel, CancellationToken cancel = default) =>
        channel.UnaryAsync<CountWorkflowExecutionsResponse>(SampleService.Count, new CountWorkflowExecutionsRequest(), cancellationToken: cancel);

    private GrpcChannel Connect(Func<GrpcChannelOptions, GrpcChannelOptions>? with = null)
    {
        _channels.Add(_server.Connect(with));
        return _channels[^1];
    }
}
