using TemporalDev.Server.Engine;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

public sealed class ActivityOperationTests
{
    private static readonly ActivityPause Pause = new(DateTimeOffset.UnixEpoch, "operator", "freeze");

    [Fact]
    public void A_paused_activity_is_not_retried_until_it_is_unpaused()
    {
        var run = Started();
        run.Do(step => ActivityOperations.Pause(step.State.Activities[5], Pause));
        run.Do(step => ActivityTasks.Fail(step, step.State.Activities[5], new() { ApplicationFailureInfo = new() }, "worker"));
        Assert.Null(Deadlines.Next(run.State));

        run.Do(step => ActivityOperations.Unpause(step, step.State.Activities[5], new ActivityUnpause(false, false, TimeSpan.Zero)));

        Assert.Equal([new ReadyTask(ReadyKind.ActivityTask, 5, 2)], run.Last.Ready);
    }

    [Fact]
    public void A_running_attempt_may_finish_although_its_activity_is_paused()
    {
        var run = Started();
        run.Do(step => ActivityOperations.Pause(step.State.Activities[5], Pause));

        run.Do(step => ActivityTasks.Complete(step, step.State.Activities[5], null, "worker"));

        Assert.Equal([ActivityTaskStarted, ActivityTaskCompleted, WorkflowTaskScheduled], run.Types.Skip(5));
    }

    [Fact]
    public void A_reset_of_a_waiting_activity_ends_its_backoff_and_its_count()
    {
        var run = Started();
        run.Do(step => ActivityTasks.Fail(step, step.State.Activities[5], new() { ApplicationFailureInfo = new() }, "worker"));

        run.Do(step => ActivityOperations.Reset(step, step.State.Activities[5], new ActivityResetRequest(true, false, TimeSpan.Zero)));

        Assert.Equal([new ReadyTask(ReadyKind.ActivityTask, 5, 1)], run.Last.Ready);
    }

    [Fact]
    public void A_reset_of_a_running_activity_counts_from_its_next_attempt()
    {
        var run = Started();
        run.Do(step => ActivityOperations.Reset(step, step.State.Activities[5], new ActivityResetRequest(true, false, TimeSpan.Zero)));

        run.Do(step => ActivityTasks.Fail(step, step.State.Activities[5], new() { ApplicationFailureInfo = new() }, "worker"));

        Assert.Equal(1, run.State.Activities[5].Attempt);
        Assert.Null(run.State.Activities[5].PendingReset);
    }

    private static EngineRun Started()
    {
        var run = new EngineRun();
        run.Advance(Some.Activity("a"));
        run.Do(step => ActivityTasks.Start(step, step.State.Activities[5], new TaskTaker("worker", ""), "request"));
        return run;
    }
}
