using Orchestrator.Tests.Support;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporalio.Api.Enums.V1.EventType;

using Any = Google.Protobuf.WellKnownTypes.Any;

namespace Orchestrator.Tests.Server;

public sealed class ResetEngineTests
{
    private static readonly EventType[] Opening = [WorkflowExecutionStarted, WorkflowTaskScheduled, WorkflowTaskStarted];

    [Fact]
    public void A_reset_run_has_the_history_up_to_the_task_and_begins_it_anew()
    {
        var run = new EngineRun();
        run.Advance(Some.Timer("t", TimeSpan.FromMinutes(1)));

        var reset = Reset(run, finishEventId: 4);

        Assert.Equal([.. Opening, WorkflowTaskFailed, WorkflowTaskScheduled], reset.Events.Select(item => item.EventType));
        Assert.Equal(WorkflowTaskFailedCause.ResetWorkflow, reset.Events[3].WorkflowTaskFailedEventAttributes.Cause);
        Assert.Empty(reset.State.Timers);
        Assert.Equal([new ReadyTask(ReadyKind.WorkflowTask, 5, 1)], reset.Ready);
    }

    [Fact]
    public void A_reset_to_the_start_of_a_task_is_one_to_its_end()
    {
        var run = new EngineRun();
        run.Advance(Some.Timer("t", TimeSpan.FromMinutes(1)));

        var reset = Reset(run, finishEventId: 3);

        Assert.Equal([.. Opening, WorkflowTaskFailed, WorkflowTaskScheduled], reset.Events.Select(item => item.EventType));
        Assert.Equal((2, 3), (reset.Events[3].WorkflowTaskFailedEventAttributes.ScheduledEventId, reset.Events[3].WorkflowTaskFailedEventAttributes.StartedEventId));
    }

    [Fact]
    public void What_was_pending_at_the_reset_point_is_pending_again()
    {
        var run = new EngineRun();
        run.Advance(Some.Activity("done"), Some.Activity("pending"), Some.Timer("t", TimeSpan.FromMinutes(1)));
        run.Do(step => ActivityTasks.Start(step, step.State.Activities[5], new TaskTaker("worker", ""), "request"));
        run.Do(step => ActivityTasks.Complete(step, step.State.Activities[5], null, "worker"));
        run.Advance();

        var reset = Reset(run, finishEventId: run.History.Count);

        Assert.Equal(["pending"], reset.State.Activities.Values.Select(activity => activity.ActivityId));
        Assert.Equal(run.State.Timers["t"].FiresAt, reset.State.Timers["t"].FiresAt);
        Assert.Contains(new ReadyTask(ReadyKind.ActivityTask, 6, 1), reset.Ready);
    }

    [Theory]
    [InlineData(Reapply.All, 1)]
    [InlineData(Reapply.Nothing, 0)]
    public void Signals_after_the_reset_point_are_given_again_where_that_is_wanted(object signals, int expected)
    {
        var run = new EngineRun();
        run.Advance(Some.Timer("t", TimeSpan.FromMinutes(1)));
        run.Signal("go");

        var reset = Reset(run, finishEventId: 4, (Reapply)signals);

        Assert.Equal(expected, reset.Events.Count(item => item.EventType == WorkflowExecutionSignaled));
        Assert.Equal(expected, reset.State.SignalCount);
    }

    [Fact]
    public void An_update_after_the_reset_point_is_given_again_and_answered_by_the_new_run()
    {
        var run = new EngineRun();
        run.Advance();
        var request = new Request { Meta = new() { UpdateId = "u" }, Input = new() { Name = "change" } };
        run.Do(WorkflowTasks.Wake);
        run.StartTask();
        var inbox = new UpdateInbox(new Dictionary<string, Request> { ["u"] = request }, false);
        run.Complete(Answer(new Acceptance { AcceptedRequest = request }), inbox);

        var reset = Reset(run, finishEventId: 4);

        Assert.Equal([.. Opening, WorkflowTaskFailed, WorkflowExecutionUpdateAdmitted, WorkflowTaskScheduled], reset.Events.Select(item => item.EventType));
        Assert.Equal(request, reset.Events[4].WorkflowExecutionUpdateAdmittedEventAttributes.Request);
        var heir = new EngineRun(reset);
        heir.StartTask();
        heir.Complete(Answer(new Acceptance()));
        Assert.True(heir.State.Updates["u"].AcceptedEventId > 0);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(99)]
    public void An_event_that_ends_no_task_is_no_reset_point(long finishEventId)
    {
        var run = new EngineRun();
        run.Advance(Some.Timer("t", TimeSpan.FromMinutes(1)));

        var refusal = Assert.Throws<GrpcException>(() => Reset(run, finishEventId));

        Assert.Equal(GrpcStatusCode.InvalidArgument, refusal.Code);
    }

    private static RespondWorkflowTaskCompletedRequest Answer(Acceptance acceptance)
    {
        var request = new RespondWorkflowTaskCompletedRequest { Identity = "worker" };
        request.Messages.Add(new Message { Id = "m", ProtocolInstanceId = "u", Body = Any.Pack(acceptance) });
        return request;
    }

    private static Transition Reset(EngineRun run, long finishEventId, Reapply signals = Reapply.All)
    {
        var reset = Resets.Begin(
            run.State, run.History, new ResetRequest("why", "client", "reset-request", finishEventId, signals), run.Now, () => "new-run");
        HistoryInvariants.Check([.. reset.Events]);
        return reset;
    }
}
