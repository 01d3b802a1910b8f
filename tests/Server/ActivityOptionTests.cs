using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Engine;
using Temporalio.Api.Activity.V1;

namespace Orchestrator.Tests.Server;

public sealed class ActivityOptionTests
{
    private static readonly ActivityOptions Elsewhere = new() { TaskQueue = new() { Name = "elsewhere" } };

    private readonly EngineRun _run = new();

    public ActivityOptionTests() => _run.Advance(Some.Activity("a"));

    [Fact]
    public void A_waiting_attempt_is_ready_again_in_its_new_queue()
    {
        Change(Elsewhere, "task_queue.name");

        Assert.Equal("elsewhere", _run.State.Activities[5].TaskQueue);
        Assert.Equal([new ReadyTask(ReadyKind.ActivityTask, 5, 1)], _run.Last.Ready);
    }

    [Fact]
    public void A_running_attempt_stays_where_it_is_under_its_new_time_out()
    {
        Start();

        Change(new ActivityOptions { StartToCloseTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(2)) }, "startToCloseTimeout");

        Assert.Empty(_run.Last.Ready);
        Assert.Equal(_run.Now.AddSeconds(2), Deadlines.Next(_run.State));
    }

    [Fact]
    public void A_backoff_lasts_as_long_as_the_new_policy_says_from_the_end_of_the_last_attempt()
    {
        Start();
        _run.Do(step => ActivityTasks.Fail(step, step.State.Activities[5], new() { ApplicationFailureInfo = new() }, "worker"));
        var failed = _run.Now;
        _run.Pass(TimeSpan.FromMilliseconds(500));

        Change(new ActivityOptions { RetryPolicy = new() { InitialInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(30)) } }, "retry_policy.initial_interval");

        Assert.Equal(failed.AddSeconds(30), Deadlines.Next(_run.State));
    }

    [Fact]
    public void What_was_changed_twice_is_restored_to_what_was_scheduled()
    {
        Change(Elsewhere, "taskQueue.name");
        Change(new ActivityOptions { HeartbeatTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(7)) }, "heartbeatTimeout");

        _run.Do(step => ActivityOptionChanges.Restore(step, step.State.Activities[5]));

        var activity = _run.State.Activities[5];
        Assert.Equal(("queue", TimeSpan.Zero), (activity.TaskQueue, activity.Heartbeat));
        Assert.Null(activity.OriginalOptions);
    }

    [Fact]
    public void A_paused_activity_goes_to_its_new_queue_when_it_is_unpaused()
    {
        _run.Do(step => ActivityOperations.Pause(step.State.Activities[5], new ActivityPause(DateTimeOffset.UnixEpoch, "operator", "move")));

        Change(Elsewhere, "task_queue.name");
        Assert.Empty(_run.Last.Ready);
        _run.Do(step => ActivityOperations.Unpause(step, step.State.Activities[5], new ActivityUnpause(false, false, TimeSpan.Zero)));

        Assert.Equal([new ReadyTask(ReadyKind.ActivityTask, 5, 1)], _run.Last.Ready);
        Assert.Equal("elsewhere", _run.State.Activities[5].TaskQueue);
    }

    [Theory]
    [InlineData("bogus")]
    [InlineData("task_queue.name")]
    [InlineData("retry_policy")]
    public void What_cannot_be_changed_is_refused(string path) =>
        Assert.Throws<WorkflowTaskRefusal>(() => Change(new ActivityOptions(), path));

    private void Change(ActivityOptions options, string path) => _run.Do(step =>
        ActivityOptionChanges.Change(step, step.State.Activities[5], options, new FieldMask { Paths = { path } }));

    private void Start() => _run.Do(step => ActivityTasks.Start(step, step.State.Activities[5], new TaskTaker("worker", ""), "request"));
}
