using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Orchestrator.Tests.Support;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

public sealed class UnaryCallTests : IAsyncLifetime
{
    private readonly SampleService _service = new();
    private GrpcHost _host = null!;
    private GrpcChannel _channel = null!;

    public async Task InitializeAsync()
    {
        _host = await GrpcHost.StartAsync(_service.Routes);
        _channel = _host.Connect();
    }

    public async Task DisposeAsync()
    {
        // Whatever a test did, no call may be left behind.
        await Eventually.EqualAsync(0, () => _service.Routes.OpenCalls);
        _channel.Dispose();
        await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_call_reaches_its_handler_and_brings_back_the_reply()
    {
        var response = await DescribeAsync();

        Assert.Equal("default", response.NamespaceInfo.Name);
        Assert.Equal("temporal.api.workflowservice.v1.WorkflowService/DescribeNamespace", response.NamespaceInfo.OwnerEmail);
        Assert.Matches(@"^127\.0\.0\.1:\d+$", response.NamespaceInfo.Description);
    }

    [Fact]
    public async Task Metadata_of_channel_and_call_arrive_and_the_nearer_one_wins()
    {
        _channel.Metadata = new GrpcMetadata { { "client-name", "tests" }, { "both", "channel" } };
        var options = new GrpcCallOptions { Metadata = new GrpcMetadata { { "both", "call" }, { "trace-bin", [0, 255] } } };

        var seen = (await DescribeAsync(options)).NamespaceInfo.Data;

        Assert.Equal("tests", seen["client-name"]);
        Assert.Equal("call", seen["both"]);
        Assert.Equal("AP8", seen["trace-bin"]);
        Assert.Equal(["both", "client-name", "trace-bin"], seen.Keys.Order());
    }

    [Fact]
    public async Task An_id_that_is_far_too_long_still_reaches_its_handler_as_metadata()
    {
        var options = new GrpcCallOptions { Metadata = new GrpcMetadata { { "resource-id", new string('x', 500_000) } } };

        var seen = (await DescribeAsync(options)).NamespaceInfo.Data;

        Assert.Equal(500_000, seen["resource-id"].Length);
    }

    [Fact]
    public async Task A_failure_arrives_with_code_message_and_typed_details()
    {
        var failure = await Assert.ThrowsAsync<GrpcException>(() =>
            _channel.UnaryAsync<StartWorkflowExecutionResponse>(SampleService.Start, new StartWorkflowExecutionRequest { WorkflowId = "w", RequestId = "r" }));

        Assert.Equal(GrpcStatusCode.AlreadyExists, failure.Code);
        Assert.Equal("Workflow 'w' läuft schon: 100%", failure.Message);
        Assert.True(failure.TryGetDetail<WorkflowExecutionAlreadyStartedFailure>(out var detail));
        Assert.Equal(new WorkflowExecutionAlreadyStartedFailure { StartRequestId = "r", RunId = "run-1" }, detail);
        Assert.False(failure.TryGetDetail<NamespaceNotFoundFailure>(out _));
    }

    [Theory]
    [InlineData(30_000)]
    [InlineData(100_000)]
    public async Task Details_too_large_for_a_header_block_are_left_out_and_the_rest_arrives(int size)
    {
        var request = new StartWorkflowExecutionRequest { WorkflowId = "w", RequestId = new string('x', size) };

        var failure = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync<StartWorkflowExecutionResponse>(SampleService.Start, request));

        Assert.Equal(GrpcStatusCode.AlreadyExists, failure.Code);
        Assert.Equal(size < 40_000 ? 1 : 0, failure.Details.Count);
    }

    [Fact]
    public async Task A_bug_in_a_handler_is_an_internal_error_that_tells_the_log_and_not_the_caller()
    {
        var failure = await Assert.ThrowsAsync<GrpcException>(() => CountAsync("bug"));

        Assert.Equal(GrpcStatusCode.Internal, failure.Code);
        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.Contains("a secret of the server", Assert.Single(_host.Log.Entries), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handler_that_cancels_by_itself_cancels_the_call() =>
        Assert.Equal(GrpcStatusCode.Cancelled, (await Assert.ThrowsAsync<GrpcException>(() => CountAsync("own cancellation"))).Code);

    [Fact]
    public async Task An_unserved_method_is_named_in_the_refusal()
    {
        var failure = await Assert.ThrowsAsync<GrpcException>(() =>
            _channel.UnaryAsync<UpdateWorkflowExecutionResponse>(SampleService.Unserved, new UpdateWorkflowExecutionRequest()));

        Assert.Equal(GrpcStatusCode.Unimplemented, failure.Code);
        Assert.Equal("unknown method UpdateWorkflowExecution for service temporal.api.workflowservice.v1.WorkflowService", failure.Message);
    }

    [Fact]
    public async Task A_deadline_ends_the_call_on_both_sides()
    {
        await DescribeAsync();

        // Long enough for the call to arrive on a busy machine.
        var failure = await Assert.ThrowsAsync<GrpcException>(() => PollAsync(TimeSpan.FromSeconds(1)));

        Assert.Equal(GrpcStatusCode.DeadlineExceeded, failure.Code);
        await Eventually.EqualAsync(1, () => _service.EndedPolls.Count);
        Assert.InRange(_service.Deadlines.Single()!.Value, DateTimeOffset.UtcNow.AddSeconds(-20), DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_cancelled_call_is_cancelled_on_the_server_too()
    {
        using var cancelling = new CancellationTokenSource();
        var poll = PollAsync(TimeSpan.FromMinutes(1), cancelling.Token);
        await Eventually.EqualAsync(1, () => _service.Routes.OpenCalls);

        await cancelling.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await Eventually.EqualAsync(1, () => _service.EndedPolls.Count);
        Assert.True(_service.EndedPolls.Single());
        Assert.Equal("default", (await DescribeAsync()).NamespaceInfo.Name);
        Assert.Equal(1, _host.Connections);
    }

    [Fact]
    public async Task A_call_that_is_cancelled_before_it_starts_does_not_start()
    {
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => PollAsync(TimeSpan.FromMinutes(1), new CancellationToken(canceled: true)));

        Assert.Equal(0, _host.Connections);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(1_000_000)]
    [InlineData(4_000_000)]
    public async Task Large_messages_travel_whole_in_both_directions(int size)
    {
        var task = new RespondActivityTaskCompletedRequest { TaskToken = Noise(size) };
        await _channel.UnaryAsync<RespondActivityTaskCompletedResponse>(SampleService.Complete, task);

        var history = await _channel.UnaryAsync<GetWorkflowExecutionHistoryResponse>(
            SampleService.History, new GetWorkflowExecutionHistoryRequest { MaximumPageSize = size * 5 });

        Assert.Equal(size * 5, history.NextPageToken.Length);
    }

    [Fact]
    public async Task A_request_beyond_the_limit_is_refused_in_the_words_that_the_core_knows()
    {
        var failure = await Assert.ThrowsAsync<GrpcException>(() => _channel.UnaryAsync<RespondActivityTaskCompletedResponse>(
            SampleService.Complete, new RespondActivityTaskCompletedRequest { TaskToken = Noise(4 * 1024 * 1024) }));

        Assert.Equal(GrpcStatusCode.ResourceExhausted, failure.Code);
        Assert.StartsWith("grpc: received message larger than max (", failure.Message, StringComparison.Ordinal);
        Assert.Equal("default", (await DescribeAsync()).NamespaceInfo.Name);
        Assert.Equal(1, _host.Connections);
    }

    [Fact]
    public async Task A_response_beyond_the_limit_of_either_side_is_refused()
    {
        await using var modest = await GrpcHost.StartAsync(_service.Routes, new() { Options = new() { MaxResponseBytes = 1000 } });
        using var toModest = modest.Connect();
        using var small = _host.Connect(options => options with { MaxResponseBytes = 1000 });
        var request = new GetWorkflowExecutionHistoryRequest { MaximumPageSize = 2000 };

        foreach (var channel in new[] { toModest, small })
        {
            var failure = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync<GetWorkflowExecutionHistoryResponse>(SampleService.History, request));
            Assert.Equal(GrpcStatusCode.ResourceExhausted, failure.Code);
        }
    }

    [Fact]
    public async Task Requests_and_responses_are_compressed_where_both_sides_want_it()
    {
        var encodings = new List<string>();
        await using var host = await GrpcHost.StartAsync(_service.Routes, new()
        {
            Options = new() { CompressResponsesFromBytes = 100 },
            Before = application => application.Use(async (context, next) =>
            {
                await next(context);
                encodings.Add($"{context.Request.Headers["grpc-encoding"]} > {context.Response.Headers["grpc-encoding"]}");
            }),
        });
        using var gzip = host.Connect();
        using var plain = host.Connect(options => options with { Compression = GrpcCompression.None });
        var request = new GetWorkflowExecutionHistoryRequest { MaximumPageSize = 10_000, NextPageToken = ByteString.CopyFrom(new byte[10_000]) };

        foreach (var channel in new[] { gzip, plain })
        {
            var response = await channel.UnaryAsync<GetWorkflowExecutionHistoryResponse>(SampleService.History, request);
            Assert.Equal(10_000, response.NextPageToken.Length);
        }

        Assert.Equal(["gzip > gzip", " > gzip"], encodings);
    }

    [Fact]
    public async Task Many_calls_share_one_connection()
    {
        // Before the server has told its limit, a client may open a second connection.
        await DescribeAsync();

        var calls = Enumerable.Range(0, 500).Select(i => DescribeAsync(name: $"namespace-{i}")).ToArray();

        var names = (await Task.WhenAll(calls)).Select(response => response.NamespaceInfo.Name);

        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"namespace-{i}"), names);
        Assert.Equal(1, _host.Connections);
    }

    [Fact]
    public async Task Calls_beyond_the_servers_limit_are_refused_and_room_comes_back()
    {
        await using var host = await GrpcHost.StartAsync(_service.Routes, new() { Options = new() { MaxOpenCalls = 1 } });
        using var channel = host.Connect();
        using var cancelling = new CancellationTokenSource();
        var poll = channel.UnaryAsync<PollWorkflowTaskQueueResponse>(SampleService.Poll, new PollWorkflowTaskQueueRequest(), cancellationToken: cancelling.Token);
        await Eventually.EqualAsync(1, () => _service.Deadlines.Count);

        var refusal = await Assert.ThrowsAsync<GrpcException>(() => channel.UnaryAsync<DescribeNamespaceResponse>(SampleService.Describe, new DescribeNamespaceRequest()));
        Assert.Equal(GrpcStatusCode.ResourceExhausted, refusal.Code);

        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => poll);
        await Eventually.EqualAsync(0, () => _service.Routes.OpenCalls);
        await channel.UnaryAsync<DescribeNamespaceResponse>(SampleService.Describe, new DescribeNamespaceRequest());
    }

    [Fact]
    public async Task A_request_or_response_of_another_type_is_a_mistake_of_the_program() =>
        await Assert.ThrowsAsync<ArgumentException>(() => _channel.UnaryAsync<DescribeNamespaceResponse>(SampleService.Count, new DescribeNamespaceRequest()));

    private static ByteString Noise(int size)
    {
        var noise = new byte[size];
        new Random(size).NextBytes(noise);
        return ByteString.CopyFrom(noise);
    }

    private Task<DescribeNamespaceResponse> DescribeAsync(GrpcCallOptions? options = null, string name = "default") =>
        _channel.UnaryAsync<DescribeNamespaceResponse>(SampleService.Describe, new DescribeNamespaceRequest { Namespace = name }, options);

    private Task<CountWorkflowExecutionsResponse> CountAsync(string query) =>
        _channel.UnaryAsync<CountWorkflowExecutionsResponse>(SampleService.Count, new CountWorkflowExecutionsRequest { Query = query });

    private Task<PollWorkflowTaskQueueResponse> PollAsync(TimeSpan timeout, CancellationToken cancel = default) =>
        _channel.UnaryAsync<PollWorkflowTaskQueueResponse>(SampleService.Poll, new PollWorkflowTaskQueueRequest(), new() { Timeout = timeout }, cancel);
}
