using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Host;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

/// <summary>The service in this process, on a socket, with its state in PostgreSQL.</summary>
public sealed class ServerFixture : IAsyncLifetime
{
    private readonly PostgresFixture _postgres = new();
    private EmbeddedTemporal? _server;

    public string Address => _server!.Address;

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        _server = await EmbeddedTemporal.StartAsync(new TemporalOptions { Database = _postgres.ConnectionString }, NullLoggerFactory.Instance);
    }

    public async Task DisposeAsync()
    {
        await _server!.DisposeAsync();
        await _postgres.DisposeAsync();
    }
}

public sealed class ServerRpcTests(ServerFixture server) : IClassFixture<ServerFixture>
{
    [Fact]
    public async Task A_workflow_with_an_activity_a_timer_and_a_signal_runs_to_its_end()
    {
        using var client = NewClient();
        var run = await client.StartAsync();

        await client.AdvanceAsync(Some.Activity("a"), Some.Timer("t", TimeSpan.FromMilliseconds(1)));
        await client.CompleteActivityAsync(await client.ActivityAsync());
        await client.SignalAsync(run, "go");
        await client.AdvanceAsync(Some.CompleteWorkflow());

        var history = await client.HistoryAsync(run);
        Assert.Equal(WorkflowExecutionCompleted, history[^1]);
        Assert.All([ActivityTaskCompleted, TimerFired, WorkflowExecutionSignaled], expected => Assert.Contains(expected, history));
    }

    [Fact]
    public async Task Starting_twice_is_one_workflow_for_one_request_and_a_refusal_for_another()
    {
        using var client = NewClient();
        var requestId = Guid.NewGuid().ToString();
        var first = await client.StartAsync(configure: request => request.RequestId = requestId);

        var same = await client.StartAsync(first.WorkflowId, request => request.RequestId = requestId);
        var refusal = await Assert.ThrowsAsync<GrpcException>(() => client.StartAsync(first.WorkflowId));

        Assert.Equal(first.RunId, same.RunId);
        Assert.Equal(GrpcStatusCode.AlreadyExists, refusal.Code);
        Assert.True(refusal.TryGetDetail<WorkflowExecutionAlreadyStartedFailure>(out var detail));
        Assert.Equal(first.RunId, detail.RunId);
    }

    [Fact]
    public async Task A_refused_completion_fails_the_task_and_leaves_nothing_else()
    {
        using var client = NewClient();
        var run = await client.StartAsync();

        var refusal = await Assert.ThrowsAsync<GrpcException>(
            () => client.AdvanceAsync(Some.Timer("t", TimeSpan.FromSeconds(60)), Some.Timer("t", TimeSpan.FromSeconds(60))));
        await client.AdvanceAsync(Some.CompleteWorkflow());

        Assert.Equal(GrpcStatusCode.InvalidArgument, refusal.Code);
        Assert.Equal(
            [WorkflowExecutionStarted, WorkflowTaskScheduled, WorkflowTaskStarted, WorkflowTaskFailed, WorkflowTaskScheduled, WorkflowTaskStarted, WorkflowTaskCompleted, WorkflowExecutionCompleted],
            await client.HistoryAsync(run));
    }

    [Fact]
    public async Task A_result_is_waited_for()
    {
        using var client = NewClient();
        var run = await client.StartAsync();
        var waiting = client.CallAsync<GetWorkflowExecutionHistoryResponse>(
            "GetWorkflowExecutionHistory",
            new GetWorkflowExecutionHistoryRequest
            {
                Namespace = "default",
                Execution = run,
                WaitNewEvent = true,
                HistoryEventFilterType = HistoryEventFilterType.CloseEvent,
            });

        await client.AdvanceAsync(Some.CompleteWorkflow());

        Assert.Equal(WorkflowExecutionCompleted, (await waiting).History.Events.Single().EventType);
    }

    [Fact]
    public async Task A_query_of_an_idle_workflow_goes_to_its_worker_alone()
    {
        using var client = NewClient();
        var run = await client.StartAsync();
        await client.AdvanceAsync(Some.Timer("t", TimeSpan.FromMinutes(1)));
        var asked = client.CallAsync<QueryWorkflowResponse>(
            "QueryWorkflow", new QueryWorkflowRequest { Namespace = "default", Execution = run, Query = new() { QueryType = "status" } });

        var task = await client.TaskAsync();
        await client.CallAsync<RespondQueryTaskCompletedResponse>(
            "RespondQueryTaskCompleted",
            new RespondQueryTaskCompletedRequest
            {
                Namespace = "default",
                TaskToken = task.TaskToken,
                CompletedType = QueryResultType.Answered,
                QueryResult = new() { Payloads_ = { new Temporalio.Api.Common.V1.Payload { Data = Google.Protobuf.ByteString.CopyFromUtf8("42") } } },
            });

        Assert.Equal("42", (await asked).QueryResult.Payloads_[0].Data.ToStringUtf8());
        Assert.Equal(5, (await client.HistoryAsync(run)).Count);
    }

    [Fact]
    public async Task A_method_that_is_not_there_is_refused_by_name()
    {
        using var client = NewClient();

        var refusal = await Assert.ThrowsAsync<GrpcException>(() => client.CallAsync<StartBatchOperationResponse>(
            "StartBatchOperation", new StartBatchOperationRequest { Namespace = "default" }));

        Assert.Equal(GrpcStatusCode.Unimplemented, refusal.Code);
        Assert.Contains("StartBatchOperation", refusal.Message);
    }

    private ServerClient NewClient() => new(server.Address, $"queue-{Guid.NewGuid()}");
}
