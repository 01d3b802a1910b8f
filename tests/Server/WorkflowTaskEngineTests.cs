using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

public sealed class WorkflowTaskEngineTests
{
    private static readonly EventType[] Opening = [WorkflowExecutionStarted, WorkflowTaskScheduled, WorkflowTaskStarted, WorkflowTaskCompleted];

    [Fact]
    public void A_start_writes_itself_and_schedules_the_first_task()
    {
        var run = new EngineRun();

        Assert.Equal([WorkflowExecutionStarted, WorkflowTaskScheduled], run.Types);
        Assert.Equal([new ReadyTask(ReadyKind.WorkflowTask, 2, 1)], run.Last.Ready);
    }

    [Fact]
    public void A_delayed_start_schedules_its_task_when_the_delay_is_over()
    {
        var run = new EngineRun(started => started.FirstWorkflowTaskBackoff = new() { Seconds = 5 });
        Assert.Equal([WorkflowExecutionStarted], run.Types);

        run.Signal("early");
        Assert.Empty(run.Last.Ready);

        run.Pass(TimeSpan.FromSeconds(5));
        run.FireDue();
        Assert.Equal([WorkflowExecutionStarted, WorkflowExecutionSignaled, WorkflowTaskScheduled], run.Types);
    }

    [Fact]
    public void What_happens_during_a_task_is_written_after_its_commands_and_calls_for_another_task()
    {
        var run = new EngineRun();
        run.StartTask();
        run.Signal("meanwhile");
        Assert.Equal(3, run.History.Count);

        run.Complete(Some.Timer("t", TimeSpan.FromMinutes(1)));

        Assert.Equal([.. Opening, TimerStarted, WorkflowExecutionSignaled, WorkflowTaskScheduled], run.Types);
    }

    [Fact]
    public void Closes_of_activities_come_last_among_what_was_buffered()
    {
        var run = new EngineRun();
        run.Advance(Some.Activity("a"));
        run.Do(step => ActivityTasks.Start(step, step.State.Activities[5], new TaskTaker("worker", ""), "request"));
        run.Signal("wake");
        run.StartTask();
        run.Do(step => ActivityTasks.Complete(step, step.State.Activities[5], null, "worker"));
        run.Signal("later");

        run.Complete();

        Assert.Equal(
            [ActivityTaskStarted, WorkflowExecutionSignaled, ActivityTaskCompleted, WorkflowTaskScheduled],
            run.Types.Skip(9));
        Assert.Equal(10, run.History[11].ActivityTaskCompletedEventAttributes.StartedEventId);
    }

    [Fact]
    public void A_workflow_cannot_close_over_an_unread_signal()
    {
        var run = new EngineRun();
        run.StartTask();
        run.Signal("unread");

        var refusal = Assert.Throws<WorkflowTaskRefusal>(() => run.Complete(Some.CompleteWorkflow()));

        Assert.Equal("UnhandledCommand", refusal.Message);
    }

    [Fact]
    public void A_repeated_task_is_written_only_when_it_completes()
    {
        var run = new EngineRun();
        run.StartTask();
        run.Do(step =>
        {
            WorkflowTasks.Fail(step, new TaskFailure(WorkflowTaskFailedCause.NonDeterministicError, null, "worker"));
            WorkflowTasks.Wake(step);
        });
        Assert.Equal(WorkflowTaskFailed, run.Types.Last());

        run.StartTask();
        Assert.Equal(WorkflowTaskFailed, run.Types.Last());
        Assert.Equal([5, 6], WorkflowTasks.TransientEvents(run.State).Select(item => item.EventId));

        run.Complete(Some.CompleteWorkflow());
        Assert.Equal(
            [WorkflowTaskFailed, WorkflowTaskScheduled, WorkflowTaskStarted, WorkflowTaskCompleted, WorkflowExecutionCompleted],
            run.Types.Skip(3));
    }

    [Fact]
    public void A_signal_between_two_attempts_makes_the_second_an_ordinary_one()
    {
        var run = new EngineRun();
        run.StartTask();
        run.Do(step =>
        {
            WorkflowTasks.Fail(step, new TaskFailure(WorkflowTaskFailedCause.NonDeterministicError, null, "worker"));
            WorkflowTasks.Wake(step);
        });
        run.Signal("between");

        run.StartTask();

        Assert.Equal([WorkflowTaskFailed, WorkflowExecutionSignaled, WorkflowTaskScheduled, WorkflowTaskStarted], run.Types.Skip(3));
        Assert.Equal(1, run.State.WorkflowTask!.Attempt);
    }

    [Fact]
    public void A_task_that_is_not_answered_in_time_is_given_to_somebody_else()
    {
        var run = new EngineRun();
        run.StartTask();

        run.Pass(TimeSpan.FromSeconds(10));
        run.FireDue();

        Assert.Equal([WorkflowExecutionStarted, WorkflowTaskScheduled, WorkflowTaskStarted, WorkflowTaskTimedOut], run.Types);
        Assert.Equal([new ReadyTask(ReadyKind.WorkflowTask, 5, 2)], run.Last.Ready);
    }

    [Fact]
    public void A_sticky_worker_that_does_not_come_loses_the_task_to_the_normal_queue()
    {
        var run = new EngineRun();
        run.StartTask();
        run.Complete(new RespondWorkflowTaskCompletedRequest
        {
            StickyAttributes = new() { WorkerTaskQueue = new() { Name = "sticky" }, ScheduleToStartTimeout = new() { Seconds = 5 } },
        });
        run.Signal("wake");
        Assert.Equal("sticky", run.State.WorkflowTask!.Sticky!.Name);

        run.Pass(TimeSpan.FromSeconds(5));
        run.FireDue();

        Assert.Equal([WorkflowTaskTimedOut, WorkflowTaskScheduled], run.Types.TakeLast(2));
        Assert.Equal("queue", run.History[^1].WorkflowTaskScheduledEventAttributes.TaskQueue.Name);
        Assert.Equal(1, run.State.WorkflowTask!.Attempt);
    }

    [Fact]
    public void A_completion_may_take_the_next_task_along()
    {
        var run = new EngineRun();
        run.StartTask();

        var result = run.Complete(new RespondWorkflowTaskCompletedRequest { ForceCreateNewWorkflowTask = true, ReturnNewWorkflowTask = true });

        Assert.True(result.StartedNextTask);
        Assert.Empty(run.Last.Ready);
        Assert.Equal([.. Opening, WorkflowTaskScheduled, WorkflowTaskStarted], run.Types);
    }

    [Fact]
    public void Nothing_may_follow_the_command_that_closes_the_workflow()
    {
        var run = new EngineRun();
        run.StartTask();

        var refusal = Assert.Throws<GrpcException>(() => run.Complete(Some.CompleteWorkflow(), Some.Timer("t", TimeSpan.FromSeconds(1))));

        Assert.Equal(GrpcStatusCode.InvalidArgument, refusal.Code);
    }

    [Fact]
    public void Too_many_events_for_the_buffer_cost_the_worker_its_task()
    {
        var run = new EngineRun();
        run.StartTask();

        for (var index = 0; index <= Limits.BufferedEvents; index++)
        {
            run.Signal($"signal {index}");
        }

        Assert.Equal(WorkflowTaskFailedCause.ForceCloseCommand, run.History[3].WorkflowTaskFailedEventAttributes.Cause);
        Assert.Empty(run.State.Buffered);
        Assert.Equal(WorkflowTaskScheduled, run.Types.Last());
    }
}
