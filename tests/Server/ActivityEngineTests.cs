using TemporalDev.Server.Engine;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

public sealed class ActivityEngineTests
{
    private const long Scheduled = 5;

    [Fact]
    public void A_failed_attempt_leaves_no_event_and_comes_back_after_its_backoff()
    {
        var run = Started();
        run.Do(step => ActivityTasks.Fail(step, step.State.Activities[Scheduled], Failure("once"), "worker"));
        Assert.Equal(5, run.History.Count);
        Assert.Empty(run.Last.Ready);

        run.Pass(TimeSpan.FromSeconds(1));
        run.FireDue();

        Assert.Equal([new ReadyTask(ReadyKind.ActivityTask, Scheduled, 2)], run.Last.Ready);
        Assert.Equal(5, run.History.Count);
    }

    [Fact]
    public void The_last_attempt_is_the_one_that_the_history_shows()
    {
        var run = Started();
        run.Do(step => ActivityTasks.Fail(step, step.State.Activities[Scheduled], Failure("once"), "worker"));
        run.Pass(TimeSpan.FromSeconds(1));
        run.FireDue();
        run.Do(step => ActivityTasks.Start(step, step.State.Activities[Scheduled], new TaskTaker("second worker", ""), "request"));

        run.Do(step => ActivityTasks.Complete(step, step.State.Activities[Scheduled], null, "second worker"));

        Assert.Equal([ActivityTaskStarted, ActivityTaskCompleted, WorkflowTaskScheduled], run.Types.Skip(5));
        var start = run.History[5].ActivityTaskStartedEventAttributes;
        Assert.Equal((2, "once", "second worker"), (start.Attempt, start.LastFailure.Message, start.Identity));
    }

    [Fact]
    public void Waits_grow_by_the_coefficient_up_to_the_maximum()
    {
        var policy = Retries.WithDefaults(null);
        var waits = Enumerable.Range(1, 9).Select(attempt => Retries.Decide(policy, attempt, Failure("x"), DateTimeOffset.UnixEpoch, null).Delay.TotalSeconds);

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 100, 100], waits);
    }

    [Theory]
    [InlineData(TimeoutType.StartToClose, 60, RetryState.MaximumAttemptsReached)]
    [InlineData(TimeoutType.Heartbeat, 10, RetryState.MaximumAttemptsReached)]
    public void An_attempt_that_times_out_counts_as_an_attempt(TimeoutType type, int afterSeconds, RetryState expected)
    {
        var run = Started(attributes =>
        {
            attributes.RetryPolicy = new() { MaximumAttempts = 1 };
            attributes.HeartbeatTimeout = type == TimeoutType.Heartbeat ? new() { Seconds = 10 } : null;
        });

        run.Pass(TimeSpan.FromSeconds(afterSeconds));
        run.FireDue();

        var timedOut = run.History[6].ActivityTaskTimedOutEventAttributes;
        Assert.Equal((type, expected), (timedOut.Failure.TimeoutFailureInfo.TimeoutType, timedOut.RetryState));
    }

    [Fact]
    public void An_activity_that_nobody_takes_times_out_without_a_start()
    {
        var run = new EngineRun();
        run.Advance(Some.Activity("a", attributes => attributes.ScheduleToStartTimeout = new() { Seconds = 3 }));

        run.Pass(TimeSpan.FromSeconds(3));
        run.FireDue();

        Assert.Equal([ActivityTaskTimedOut, WorkflowTaskScheduled], run.Types.Skip(5));
    }

    [Fact]
    public void A_cancelled_activity_that_nobody_has_taken_is_gone_at_once()
    {
        var run = new EngineRun();
        run.Advance(Some.Activity("a"));
        run.Signal("wake");

        run.Advance(Some.CancelActivity(Scheduled));

        Assert.Equal([ActivityTaskCancelRequested, ActivityTaskCanceled, WorkflowTaskScheduled], run.Types.Skip(9));
    }

    [Fact]
    public void An_eager_activity_goes_to_its_own_worker_and_to_no_queue()
    {
        var run = new EngineRun();

        var result = run.Advance(Some.Activity("a", attributes => attributes.RequestEagerExecution = true));

        Assert.Equal([Scheduled], result.EagerActivities);
        Assert.Empty(run.Last.Ready);
        Assert.True(run.State.Activities[Scheduled].IsStarted);
    }

    [Fact]
    public void Two_pending_activities_cannot_share_an_id()
    {
        var run = new EngineRun();
        run.StartTask();

        var refusal = Assert.Throws<WorkflowTaskRefusal>(() => run.Complete(Some.Activity("a"), Some.Activity("a")));

        Assert.Equal(WorkflowTaskFailedCause.ScheduleActivityDuplicateId, refusal.Cause);
    }

    private static EngineRun Started(Action<Temporalio.Api.Command.V1.ScheduleActivityTaskCommandAttributes>? configure = null)
    {
        var run = new EngineRun();
        run.Advance(Some.Activity("a", configure));
        run.Do(step => ActivityTasks.Start(step, step.State.Activities[Scheduled], new TaskTaker("worker", ""), "request"));
        return run;
    }

    private static Failure Failure(string message) => new() { Message = message, ApplicationFailureInfo = new() };
}
