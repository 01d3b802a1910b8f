using Orchestrator.Tests.Support;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace Orchestrator.Tests.Server;

/// <summary>A run in the engine alone: no store, no sockets, a clock that stands still until told otherwise.</summary>
internal sealed class EngineRun
{
    private int _ids;

    public EngineRun(Action<WorkflowExecutionStartedEventAttributes>? configure = null)
    {
        var started = new WorkflowExecutionStartedEventAttributes
        {
            WorkflowId = "workflow",
            WorkflowType = new() { Name = "Type" },
            TaskQueue = new() { Name = "queue" },
            OriginalExecutionRunId = "run",
            FirstExecutionRunId = "run",
            Attempt = 1,
        };
        configure?.Invoke(started);
        var spec = new StartSpec
        {
            NamespaceId = "namespace-id",
            NamespaceName = "namespace",
            RunId = "run",
            RequestId = "start-request",
            Started = started,
        };
        Last = RunStart.Begin(spec, Now, NewId);
        State = Last.State;
        Finish(Last);
    }

    /// <summary>Goes on with a run that another transition has begun.</summary>
    public EngineRun(Transition begun)
    {
        Now = begun.Now;
        Last = begun;
        State = begun.State;
        History.AddRange(begun.Events);
    }

    public DateTimeOffset Now { get; private set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public RunState State { get; private set; }

    public List<HistoryEvent> History { get; } = [];

    public Transition Last { get; private set; }

    public IEnumerable<EventType> Types => History.Select(item => item.EventType);

    public void Pass(TimeSpan time) => Now += time;

    /// <summary>Lets what is due happen, as the alarm would.</summary>
    public void FireDue() => Do(Deadlines.Fire);

    public void Do(Action<Transition> change)
    {
        // Every step starts from stored bytes, so that nothing lives in memory that the store would lose.
        State = RunCodec.Decode(RunCodec.Encode(State), State.FirstEvent);
        var step = new Transition(State, Now, NewId);
        change(step);
        Finish(step);
    }

    public void StartTask() => Do(step => WorkflowTasks.Start(step, new TaskTaker("worker", ""), NewId()));

    public CompletionResult Complete(params Command[] commands)
    {
        var request = new RespondWorkflowTaskCompletedRequest { Identity = "worker" };
        request.Commands.AddRange(commands);
        return Complete(request);
    }

    public CompletionResult Complete(RespondWorkflowTaskCompletedRequest request, UpdateInbox? inbox = null)
    {
        CompletionResult? result = null;
        Do(step => result = TaskCompletion.Complete(step, request, inbox ?? UpdateInbox.Empty, NewId()));
        return result!;
    }

    /// <summary>Starts the pending task and answers it.</summary>
    public CompletionResult Advance(params Command[] commands)
    {
        StartTask();
        return Complete(commands);
    }

    public void Signal(string name) => Do(step => Signals.Signal(step, new SignalRequest(name, null, "client", null, NewId())));

    private string NewId() => $"id-{++_ids}";

    private void Finish(Transition step)
    {
        step.Finish();
        Last = step;
        History.AddRange(step.Events);
        HistoryInvariants.Check(History);
    }
}

/// <summary>Commands as workers write them.</summary>
internal static class Some
{
    public static Command Timer(string id, TimeSpan after) => new()
    {
        CommandType = CommandType.StartTimer,
        StartTimerCommandAttributes = new() { TimerId = id, StartToFireTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(after) },
    };

    public static Command CancelTimer(string id) => new()
    {
        CommandType = CommandType.CancelTimer,
        CancelTimerCommandAttributes = new() { TimerId = id },
    };

    public static Command Activity(string id, Action<ScheduleActivityTaskCommandAttributes>? configure = null)
    {
        var attributes = new ScheduleActivityTaskCommandAttributes
        {
            ActivityId = id,
            ActivityType = new() { Name = "Do" },
            StartToCloseTimeout = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromMinutes(1)),
        };
        configure?.Invoke(attributes);
        return new Command { CommandType = CommandType.ScheduleActivityTask, ScheduleActivityTaskCommandAttributes = attributes };
    }

    public static Command CancelActivity(long scheduledEventId) => new()
    {
        CommandType = CommandType.RequestCancelActivityTask,
        RequestCancelActivityTaskCommandAttributes = new() { ScheduledEventId = scheduledEventId },
    };

    public static Command CompleteWorkflow() => new()
    {
        CommandType = CommandType.CompleteWorkflowExecution,
        CompleteWorkflowExecutionCommandAttributes = new(),
    };

    public static Command ContinueAsNew(TimeSpan backoff) => new()
    {
        CommandType = CommandType.ContinueAsNewWorkflowExecution,
        ContinueAsNewWorkflowExecutionCommandAttributes = new() { BackoffStartInterval = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(backoff) },
    };

    public static Command FailWorkflow(string message) => new()
    {
        CommandType = CommandType.FailWorkflowExecution,
        FailWorkflowExecutionCommandAttributes = new() { Failure = new() { Message = message, ApplicationFailureInfo = new() } },
    };
}
