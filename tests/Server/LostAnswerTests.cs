using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Host;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

/// <summary>Answers that never arrive: the database's to the service, and the service's to a worker that has gone.</summary>
public sealed class LostAnswerTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IAsyncLifetime, IDisposable
{
    private const string Gone = "gone";

    private readonly string _queue = $"queue-{Guid.NewGuid()}";
    private DatabaseLine _line = null!;
    private EmbeddedTemporal _service = null!;
    private ServerClient _client = null!;

    public async Task InitializeAsync()
    {
        _line = new DatabaseLine(postgres.ConnectionString);
        _service = await EmbeddedTemporal.StartAsync(new TemporalOptions { Database = _line.ConnectionString }, NullLoggerFactory.Instance);
        _client = new ServerClient(_service.Address, _queue);
    }

    public async Task DisposeAsync()
    {
        await _service.DisposeAsync();
        await _line.DisposeAsync();
    }

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task What_was_committed_when_the_connection_broke_goes_on()
    {
        _line.LoseNextAnswer();
        var run = await _client.StartAsync();
        var task = await _client.TaskAsync();
        _line.LoseNextAnswer();
        // Asked again, because the service said that the database was away; and done already.
        await RefusedAsync(GrpcStatusCode.NotFound, () => _client.AnswerAsync(task, Some.Activity("a")));
        _line.LoseNextAnswer();
        await RefusedAsync(GrpcStatusCode.Unavailable, () => _client.ActivityAsync(GrpcRetryPolicy.None));
        var activity = await _client.ActivityAsync();
        _line.LoseNextAnswer();
        await RefusedAsync(GrpcStatusCode.NotFound, () => _client.CompleteActivityAsync(activity));

        task = await _client.TaskAsync();
        _line.LoseNextAnswer();
        await RefusedAsync(GrpcStatusCode.NotFound, () => _client.AnswerAsync(task, Some.Timer("t", TimeSpan.FromMilliseconds(100))));
        await _client.AdvanceAsync(Some.CompleteWorkflow());
        var history = await _client.EventsAsync(run);
        Assert.Equal(WorkflowExecutionCompleted, history[^1].EventType);
        Assert.Equal(1, history.Single(item => item.EventType == ActivityTaskStarted).ActivityTaskStartedEventAttributes.Attempt);
        Assert.DoesNotContain(WorkflowTaskTimedOut, history.Select(item => item.EventType));
    }

    [Fact]
    public async Task A_signal_that_is_sent_again_because_its_answer_was_lost_is_received_once()
    {
        var run = await _client.StartAsync();
        _line.LoseNextAnswer();
        await _client.SignalAsync(run, "into the history", "first");
        var task = await _client.TaskAsync();
        _line.LoseNextAnswer();
        await _client.SignalAsync(run, "while a task is started", "second");
        await _client.SignalAsync(run, "the same once more", "first");
        await _client.AnswerAsync(task);

        await _client.SignalAsync(run, "another", "third");
        await _client.SignalAsync(run, "the same once more", "second");
        await _client.AdvanceAsync(Some.CompleteWorkflow());

        var signals = (await _client.EventsAsync(run)).Where(item => item.EventType == WorkflowExecutionSignaled);
        Assert.Equal(["first", "second", "third"], signals.Select(item => item.WorkflowExecutionSignaledEventAttributes.RequestId));
    }

    [Fact]
    public async Task A_workflow_task_started_for_a_worker_that_has_gone_meanwhile_goes_to_the_next_one()
    {
        var request = new PollWorkflowTaskQueueRequest { Namespace = "default", TaskQueue = new() { Name = _queue }, Identity = Gone };
        var run = await AbandonedAsync(
            TaskQueueType.Workflow,
            given => _client.CallAsync<PollWorkflowTaskQueueResponse>("PollWorkflowTaskQueue", request, cancellation: given),
            () => _client.StartAsync());

        await _client.AdvanceAsync(Some.CompleteWorkflow());

        Assert.Equal(
            [WorkflowExecutionStarted, WorkflowTaskScheduled, WorkflowTaskStarted, WorkflowTaskCompleted, WorkflowExecutionCompleted],
            await _client.HistoryAsync(run));
    }

    [Fact]
    public async Task An_activity_started_for_a_worker_that_has_gone_meanwhile_has_not_begun()
    {
        var run = await _client.StartAsync();
        var task = await _client.TaskAsync();
        var request = new PollActivityTaskQueueRequest { Namespace = "default", TaskQueue = new() { Name = _queue }, Identity = Gone };
        await AbandonedAsync(
            TaskQueueType.Activity,
            given => _client.CallAsync<PollActivityTaskQueueResponse>("PollActivityTaskQueue", request, cancellation: given),
            () => _client.AnswerAsync(task, Some.Activity("a", attributes => attributes.RetryPolicy = new RetryPolicy { MaximumAttempts = 1 })));

        var activity = await _client.ActivityAsync();

        Assert.Equal(1, activity.Attempt);
        await _client.CompleteActivityAsync(activity);
        await _client.AdvanceAsync(Some.CompleteWorkflow());
        var started = (await _client.EventsAsync(run)).Single(item => item.EventType == ActivityTaskStarted);
        Assert.Equal("by hand", started.ActivityTaskStartedEventAttributes.Identity);
    }

    /// <summary>A poll waits, gets a task, and is given up before the commit that starts the task has its answer.</summary>
    private async Task<T> AbandonedAsync<T, TPolled>(TaskQueueType type, Func<CancellationToken, Task<TPolled>> poll, Func<Task<T>> schedule)
    {
        using var worker = new CancellationTokenSource();
        var polling = poll(worker.Token);
        await Eventually.EqualAsync(true, async () => (await PollersAsync(type)).Contains(Gone));
        var held = _line.Hold();
        var scheduling = schedule();
        await held;

        await worker.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => polling);
        // On the same connection, so that its answer shows that the service has heard of the end of the poll.
        await _client.CallAsync<GetSystemInfoResponse>("GetSystemInfo", new GetSystemInfoRequest());
        _line.Release();
        return await scheduling;
    }

    private async Task<IReadOnlyList<string>> PollersAsync(TaskQueueType type)
    {
        var request = new DescribeTaskQueueRequest { Namespace = "default", TaskQueue = new() { Name = _queue }, TaskQueueType = type };
        return [.. (await _client.CallAsync<DescribeTaskQueueResponse>("DescribeTaskQueue", request)).Pollers.Select(poller => poller.Identity)];
    }

    private static async Task RefusedAsync(GrpcStatusCode code, Func<Task> call) =>
        Assert.Equal(code, (await Assert.ThrowsAsync<GrpcException>(call)).Code);
}
