using TemporalDev.Server.Engine;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Runs;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Server;

public sealed class HandoverTests
{
    private readonly TaskQueue _queue = new(TimeProvider.System);
    private readonly EngineRun _run = new();
    private readonly Handover _handover = new();

    [Fact]
    public async Task A_task_that_a_poll_waits_for_is_started_by_the_transition_that_schedules_it()
    {
        var poll = PollAsync(CancellationToken.None);

        await _handover.OfferAsync(_queue, _run.Last, _run.Last.Ready[0]);

        Assert.Empty(_run.Last.Ready);
        Assert.Equal(
            [EventType.WorkflowExecutionStarted, EventType.WorkflowTaskScheduled, EventType.WorkflowTaskStarted],
            _run.Last.Events.Select(item => item.EventType));
        Assert.Equal("worker", _run.Last.Events[^1].WorkflowTaskStartedEventAttributes.Identity);
        Assert.False(poll.IsCompleted, "The poll was answered before the commit.");
        _handover.Complete();
        Assert.Equal(
            new QueuedTask(_run.State.Key, ScheduledEventId: 2, Attempt: 1) { StartRequestId = _run.State.WorkflowTask!.RequestId },
            await poll);
    }

    [Fact]
    public async Task A_task_that_no_poll_waits_for_stays_ready()
    {
        await _handover.OfferAsync(_queue, _run.Last, _run.Last.Ready[0]);

        Assert.Single(_run.Last.Ready);
        Assert.False(_run.State.HasStartedTask);
    }

    [Fact]
    public async Task A_task_whose_run_has_closed_since_takes_no_poll()
    {
        var ready = _run.Last.Ready[0];
        _run.Do(step => Closing.Terminate(step, new TerminateRequest("enough", null, "test")));
        var poll = PollAsync(CancellationToken.None);

        await _handover.OfferAsync(_queue, _run.Last, ready);
        _handover.Complete();

        Assert.False(poll.IsCompleted);
        Assert.NotNull(_queue.Reserve());
    }

    [Fact]
    public async Task A_poll_that_is_canceled_while_its_task_is_committed_still_gets_it()
    {
        using var worker = new CancellationTokenSource();
        var poll = PollAsync(worker.Token);
        await _handover.OfferAsync(_queue, _run.Last, _run.Last.Ready[0]);

        await worker.CancelAsync();
        _handover.Complete();

        Assert.NotNull(await poll);
    }

    private Task<QueuedTask?> PollAsync(CancellationToken cancellation) =>
        _queue.TakeAsync(new PollerId("worker", "instance"), TimeSpan.FromMinutes(1), cancellation);
}
