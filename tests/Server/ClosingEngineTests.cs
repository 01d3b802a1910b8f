using TemporalDev.Server.Engine;
using Temporalio.Api.Enums.V1;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

public sealed class ClosingEngineTests
{
    [Fact]
    public void A_timer_fires_when_it_is_due_and_not_before()
    {
        var run = new EngineRun();
        run.Advance(Some.Timer("t", TimeSpan.FromHours(24)));
        Assert.Equal(run.Now + TimeSpan.FromHours(24), Deadlines.Next(run.State));

        run.Pass(TimeSpan.FromHours(24));
        run.FireDue();

        Assert.Equal([TimerFired, WorkflowTaskScheduled], run.Types.TakeLast(2));
        Assert.Null(Deadlines.Next(run.State));
    }

    [Fact]
    public void Cancelling_a_timer_that_has_just_fired_takes_the_firing_back()
    {
        var run = new EngineRun();
        run.Advance(Some.Timer("t", TimeSpan.FromSeconds(5)));
        run.Signal("wake");
        run.StartTask();
        run.Pass(TimeSpan.FromSeconds(5));
        run.FireDue();

        run.Complete(Some.CancelTimer("t"), Some.CompleteWorkflow());

        Assert.Equal([TimerCanceled, WorkflowExecutionCompleted], run.Types.TakeLast(2));
    }

    [Fact]
    public void A_failed_workflow_with_a_retry_policy_goes_on_in_a_new_run()
    {
        var run = new EngineRun(started => started.RetryPolicy = Retries.WithDefaults(new() { MaximumAttempts = 2 }));

        run.Advance(Some.FailWorkflow("no luck"));

        var next = run.Last.Successor!;
        Assert.Equal(RetryState.InProgress, run.History[^1].WorkflowExecutionFailedEventAttributes.RetryState);
        Assert.Equal(next.State.RunId, run.History[^1].WorkflowExecutionFailedEventAttributes.NewExecutionRunId);
        Assert.Equal((2, "no luck", "run"), (next.State.Started.Attempt, next.State.Started.ContinuedFailure.Message, next.State.Started.ContinuedExecutionRunId));
        Assert.Equal(run.Now + TimeSpan.FromSeconds(1), next.State.FirstTaskAt);
    }

    [Fact]
    public void A_cron_workflow_begins_again_at_the_next_time_with_the_last_result()
    {
        var run = new EngineRun(started => started.CronSchedule = "*/5 * * * *");
        run.Pass(TimeSpan.FromMinutes(2));

        run.Advance(Some.CompleteWorkflow());

        var next = run.Last.Successor!.State;
        Assert.Equal(ContinueAsNewInitiator.CronSchedule, next.Started.Initiator);
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 5, 0, TimeSpan.Zero), next.FirstTaskAt);
    }

    [Theory]
    [InlineData(0.3, 0, 0.7)]
    [InlineData(0.3, 0.5, 0.7)]
    [InlineData(0.3, 0.8, 0.8)]
    [InlineData(1, 0, 0)]
    [InlineData(30, 0, 0)]
    public void A_chain_that_continues_as_new_at_once_has_no_more_than_one_run_a_second(double lifetime, double asked, double waits)
    {
        var run = new EngineRun();
        run.Pass(TimeSpan.FromSeconds(lifetime));

        run.Advance(Some.ContinueAsNew(backoff: TimeSpan.FromSeconds(asked)));

        var next = run.Last.Successor!.State;
        Assert.Equal(TimeSpan.FromSeconds(waits), next.Started.FirstWorkflowTaskBackoff.ToTimeSpan());
        Assert.Equal(waits > 0 ? run.Now + TimeSpan.FromSeconds(waits) : null, next.FirstTaskAt);
    }

    [Fact]
    public void A_terminated_run_gives_up_the_task_that_a_worker_holds()
    {
        var run = new EngineRun();
        run.StartTask();
        run.Signal("unread");

        run.Do(step => Closing.Terminate(step, new TerminateRequest("enough", null, "operator")));

        Assert.Equal([WorkflowTaskFailed, WorkflowExecutionSignaled, WorkflowExecutionTerminated], run.Types.Skip(3));
    }

    [Fact]
    public void A_run_that_takes_too_long_times_out_without_any_worker()
    {
        var run = new EngineRun(started => started.WorkflowRunTimeout = new() { Seconds = 30 });

        run.Pass(TimeSpan.FromSeconds(30));
        run.FireDue();

        Assert.Equal(WorkflowExecutionTimedOut, run.Types.Last());
        Assert.Equal(WorkflowExecutionStatus.TimedOut, run.State.Status);
    }

    [Theory]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicate, WorkflowIdConflictPolicy.Fail, WorkflowExecutionStatus.Running, StartOutcome.RefuseRunning)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicate, WorkflowIdConflictPolicy.UseExisting, WorkflowExecutionStatus.Running, StartOutcome.UseExisting)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicate, WorkflowIdConflictPolicy.TerminateExisting, WorkflowExecutionStatus.Running, StartOutcome.TerminateThenStart)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicate, WorkflowIdConflictPolicy.Fail, WorkflowExecutionStatus.Completed, StartOutcome.Start)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicateFailedOnly, WorkflowIdConflictPolicy.Fail, WorkflowExecutionStatus.Completed, StartOutcome.RefuseClosed)]
    [InlineData(WorkflowIdReusePolicy.AllowDuplicateFailedOnly, WorkflowIdConflictPolicy.Fail, WorkflowExecutionStatus.Failed, StartOutcome.Start)]
    [InlineData(WorkflowIdReusePolicy.RejectDuplicate, WorkflowIdConflictPolicy.UseExisting, WorkflowExecutionStatus.Failed, StartOutcome.RefuseClosed)]
    public void A_workflow_id_is_used_again_as_its_policies_say(
        WorkflowIdReusePolicy reuse, WorkflowIdConflictPolicy conflict, WorkflowExecutionStatus status, object expected)
    {
        var run = new EngineRun();
        run.State.Status = status;

        Assert.Equal(expected, StartPolicy.Decide(run.State, "another request", reuse, conflict));
        Assert.Equal(StartOutcome.SameRequest, StartPolicy.Decide(run.State, "start-request", reuse, conflict));
    }

    [Theory]
    [InlineData("0 12 * * *", "2026-01-01T12:00:00Z", "2026-01-02T12:00:00Z")]
    [InlineData("*/15 * * * *", "2026-01-01T00:01:00Z", "2026-01-01T00:15:00Z")]
    [InlineData("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 9 * * mon-fri", "2026-01-02T10:00:00Z", "2026-01-05T09:00:00Z")]
    [InlineData("CRON_TZ=Asia/Makassar 0 8 * * *", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")]
    [InlineData("@hourly", "2026-01-01T00:30:00Z", "2026-01-01T01:00:00Z")]
    [InlineData("@every 90s", "2026-01-01T00:00:00Z", "2026-01-01T00:01:30Z")]
    public void A_cron_schedule_names_its_next_time(string schedule, string after, string expected)
    {
        var from = DateTimeOffset.Parse(after);

        Assert.Equal(DateTimeOffset.Parse(expected), from + CronSchedule.Parse(schedule).BackoffAfter(from, from));
    }

    [Theory]
    [InlineData("now and then")]
    [InlineData("61 * * * *")]
    [InlineData("5-1 * * * *")]
    [InlineData("CRON_TZ=Nowhere/Land 0 0 * * *")]
    [InlineData("@every soon")]
    public void A_cron_schedule_that_makes_no_sense_is_refused_in_words(string schedule) =>
        Assert.Throws<FormatException>(() => CronSchedule.Parse(schedule));
}
