using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Protocol.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using static Temporalio.Api.Enums.V1.EventType;

namespace Orchestrator.Tests.Server;

public sealed class UpdateEngineTests
{
    private static readonly Request Asked = new() { Meta = new() { UpdateId = "u" }, Input = new() { Name = "set" } };
    private static readonly UpdateInbox Inbox = new(new Dictionary<string, Request> { ["u"] = Asked }, false);

    [Fact]
    public void An_update_is_written_where_its_commands_stand_among_the_others()
    {
        var run = new EngineRun();
        run.StartTask();

        run.Complete(
            Answer([Message("accept", new Acceptance()), Message("complete", Success())],
                Point("accept"), Some.Timer("t", TimeSpan.FromMinutes(1)), Point("complete")),
            Inbox);

        Assert.Equal([WorkflowExecutionUpdateAccepted, TimerStarted, WorkflowExecutionUpdateCompleted], run.Types.Skip(4));
        Assert.Equal(Asked, run.History[4].WorkflowExecutionUpdateAcceptedEventAttributes.AcceptedRequest);
        Assert.Equal(5, run.History[6].WorkflowExecutionUpdateCompletedEventAttributes.AcceptedEventId);
    }

    [Fact]
    public void Messages_without_a_command_come_before_the_workflow_closes()
    {
        var run = new EngineRun();
        run.StartTask();

        run.Complete(
            Answer([Message("accept", new Acceptance()), Message("complete", Success())], Some.CompleteWorkflow()), Inbox);

        Assert.Equal(
            [WorkflowExecutionUpdateAccepted, WorkflowExecutionUpdateCompleted, WorkflowExecutionCompleted], run.Types.Skip(4));
    }

    [Fact]
    public void A_rejected_update_leaves_no_trace_in_the_history()
    {
        var run = new EngineRun();
        run.StartTask();

        var result = run.Complete(Answer([Message("reject", new Rejection { Failure = new() { Message = "no" } })]), Inbox);

        Assert.Equal("no", result.RejectedUpdates["u"].Message);
        Assert.Equal(4, run.History.Count);
        Assert.Empty(run.State.Updates);
    }

    [Fact]
    public void An_update_that_a_reset_gave_again_remembers_why_it_was_rejected()
    {
        var run = new EngineRun();
        run.State.Updates["u"] = new UpdateState();
        run.StartTask();

        run.Complete(Answer([Message("reject", new Rejection { Failure = new() { Message = "no" } })]));

        var stored = RunCodec.Decode(RunCodec.Encode(run.State), run.State.FirstEvent).Updates["u"];
        Assert.Equal(("no", true, false), (stored.Rejection?.Message, stored.IsDone, stored.IsAdmitted));
    }

    [Fact]
    public void An_update_that_the_worker_passes_over_is_rejected_for_it()
    {
        var run = new EngineRun();
        run.StartTask();

        var result = run.Complete(Answer([]), Inbox);

        Assert.Equal("UnprocessedUpdate", result.RejectedUpdates["u"].ApplicationFailureInfo.Type);
    }

    [Fact]
    public void A_workflow_cannot_close_over_an_update_that_it_has_not_seen()
    {
        var run = new EngineRun();
        run.StartTask();

        var refusal = Assert.Throws<WorkflowTaskRefusal>(
            () => run.Complete(Answer([], Some.CompleteWorkflow()), UpdateInbox.Empty with { HasMore = true }));

        Assert.Equal(WorkflowTaskFailedCause.UnhandledCommand, refusal.Cause);
    }

    [Fact]
    public void An_acceptance_that_brings_its_request_back_needs_no_memory_of_the_update()
    {
        var run = new EngineRun();
        run.StartTask();

        run.Complete(Answer([Message("accept", new Acceptance { AcceptedRequest = Asked })]));

        Assert.Equal([WorkflowExecutionUpdateAccepted], run.Types.Skip(4));
    }

    public static TheoryData<string, IMessage> WrongMessages => new()
    {
        { "accepted without having been asked", new Acceptance() },
        { "completed without having been accepted", Success() },
        { "no message of updates", new Outcome() },
    };

    [Theory]
    [MemberData(nameof(WrongMessages))]
    public void A_message_out_of_place_fails_the_task(string why, IMessage body)
    {
        var run = new EngineRun();
        run.StartTask();

        var refusal = Assert.Throws<WorkflowTaskRefusal>(() => run.Complete(Answer([Message("m", body)])));

        Assert.True(refusal.Cause == WorkflowTaskFailedCause.BadUpdateWorkflowExecutionMessage, why);
    }

    private static Response Success() => new() { Meta = new() { UpdateId = "u" }, Outcome = new() { Success = new() } };

    private static Message Message(string id, IMessage body) => new() { Id = id, ProtocolInstanceId = "u", Body = Any.Pack(body) };

    private static Command Point(string messageId) => new()
    {
        CommandType = CommandType.ProtocolMessage,
        ProtocolMessageCommandAttributes = new() { MessageId = messageId },
    };

    private static RespondWorkflowTaskCompletedRequest Answer(Message[] messages, params Command[] commands)
    {
        var request = new RespondWorkflowTaskCompletedRequest { Identity = "worker" };
        request.Messages.AddRange(messages);
        request.Commands.AddRange(commands);
        return request;
    }
}
