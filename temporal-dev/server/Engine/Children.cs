using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>Child workflows as their parent sees them.</summary>
internal static class Children
{
    public static void Initiate(Transition step, StartChildWorkflowExecutionCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadStartChildExecutionAttributes;
        var state = step.State;
        var workflowId = command.WorkflowId.Length > 0 ? command.WorkflowId : step.NewId();
        Require.Id(workflowId, "WorkflowId", bad);
        Require.Id(command.WorkflowType?.Name ?? "", "WorkflowType", bad);
        Require.NotNegative(command.WorkflowExecutionTimeout, "WorkflowExecutionTimeout", bad);
        Require.NotNegative(command.WorkflowRunTimeout, "WorkflowRunTimeout", bad);
        Require.NotNegative(command.WorkflowTaskTimeout, "WorkflowTaskTimeout", bad);
        Require.Size(command.Input, Limits.BlobBytes, "The child's input", bad);
        Require.Size(command.Memo, Limits.MemoBytes, "The child's memo", bad);
        Require.Below(
            state.Children.Count, Limits.PendingChildren, "children", WorkflowTaskFailedCause.PendingChildWorkflowsLimitExceeded);
        if (Retries.Problem(command.RetryPolicy) is { } problem)
        {
            throw new WorkflowTaskRefusal(bad, problem);
        }

        var initiated = step.Append(new HistoryEvent
        {
            EventType = EventType.StartChildWorkflowExecutionInitiated,
            StartChildWorkflowExecutionInitiatedEventAttributes = Initiated(state, command, workflowId, context),
        });
        var attributes = initiated.StartChildWorkflowExecutionInitiatedEventAttributes;
        state.Children.Add(initiated.EventId, new ChildState
        {
            InitiatedEventId = initiated.EventId,
            RequestId = step.NewId(),
            NamespaceId = attributes.NamespaceId,
            Namespace = attributes.Namespace,
            WorkflowId = workflowId,
            WorkflowType = attributes.WorkflowType.Name,
            ParentClosePolicy = attributes.ParentClosePolicy,
        });
        step.Send(OutboxKind.StartChild, initiated.EventId);
    }

    public static void Started(Transition step, ChildState child, string runId, Header? header)
    {
        child.IsStarted = true;
        child.RunId = runId;
        step.Record(new HistoryEvent
        {
            EventType = EventType.ChildWorkflowExecutionStarted,
            ChildWorkflowExecutionStartedEventAttributes = new()
            {
                Namespace = child.Namespace,
                NamespaceId = child.NamespaceId,
                InitiatedEventId = child.InitiatedEventId,
                WorkflowExecution = Execution(child),
                WorkflowType = new() { Name = child.WorkflowType },
                Header = header,
            },
        });
        WorkflowTasks.Wake(step);
    }

    public static void StartFailed(Transition step, ChildState child, StartChildWorkflowExecutionFailedCause cause)
    {
        step.State.Children.Remove(child.InitiatedEventId);
        step.Record(new HistoryEvent
        {
            EventType = EventType.StartChildWorkflowExecutionFailed,
            StartChildWorkflowExecutionFailedEventAttributes = new()
            {
                Namespace = child.Namespace,
                NamespaceId = child.NamespaceId,
                WorkflowId = child.WorkflowId,
                WorkflowType = new() { Name = child.WorkflowType },
                Cause = cause,
                InitiatedEventId = child.InitiatedEventId,
            },
        });
        WorkflowTasks.Wake(step);
    }

    /// <summary>Records how a child ended, from the event that ended it.</summary>
    public static void Closed(Transition step, ChildState child, HistoryEvent close, string runId)
    {
        if (!child.IsStarted)
        {
            // The child was quicker than the word that it had started.
            Started(step, child, runId, null);
        }

        child.RunId = runId;
        step.State.Children.Remove(child.InitiatedEventId);
        step.Record(ClosedEvent(child, close));
        WorkflowTasks.Wake(step);
    }

    private static StartChildWorkflowExecutionInitiatedEventAttributes Initiated(
        RunState state, StartChildWorkflowExecutionCommandAttributes command, string workflowId, CommandContext context)
    {
#pragma warning disable CS0612 // Workers still name the namespace and ask for their own build in deprecated fields.
        var name = command.Namespace.Length > 0 ? command.Namespace : state.NamespaceName;
        var inheritsBuild = command.InheritBuildId;
#pragma warning restore CS0612
        var attributes = new StartChildWorkflowExecutionInitiatedEventAttributes
        {
            Namespace = name,
            NamespaceId = name == state.NamespaceName ? state.NamespaceId : "",
            WorkflowId = workflowId,
            WorkflowType = command.WorkflowType,
            TaskQueue = new()
            {
                Name = command.TaskQueue is { Name.Length: > 0 } queue ? queue.Name : state.TaskQueue,
                Kind = TaskQueueKind.Normal,
            },
            Input = command.Input,
            WorkflowExecutionTimeout = command.WorkflowExecutionTimeout,
            WorkflowRunTimeout = command.WorkflowRunTimeout ?? new Duration(),
            WorkflowTaskTimeout = TaskTimeout(state, command),
            ParentClosePolicy = command.ParentClosePolicy == ParentClosePolicy.Unspecified
                ? ParentClosePolicy.Terminate
                : command.ParentClosePolicy,
            WorkflowTaskCompletedEventId = context.CompletedEventId,
            WorkflowIdReusePolicy = command.WorkflowIdReusePolicy == WorkflowIdReusePolicy.Unspecified
                ? WorkflowIdReusePolicy.AllowDuplicate
                : command.WorkflowIdReusePolicy,
            RetryPolicy = command.RetryPolicy is null ? null : Retries.WithDefaults(command.RetryPolicy),
            CronSchedule = command.CronSchedule,
            Header = command.Header,
            Memo = command.Memo is { Fields.Count: > 0 } ? command.Memo : null,
            SearchAttributes = command.SearchAttributes,
            Priority = command.Priority,
        };
#pragma warning disable CS0612 // The event repeats the deprecated field of the command.
        attributes.InheritBuildId = inheritsBuild;
#pragma warning restore CS0612
        return attributes;
    }

    /// <summary>The parent's own where the command gives none; no task may take longer than its run.</summary>
    private static Duration TaskTimeout(RunState state, StartChildWorkflowExecutionCommandAttributes command)
    {
        var given = command.WorkflowTaskTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        var task = given > TimeSpan.Zero ? given : state.TaskTimeout;
        var run = command.WorkflowRunTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        return Duration.FromTimeSpan(run > TimeSpan.Zero && run < task ? run : task);
    }

    private static WorkflowExecution Execution(ChildState child) => new() { WorkflowId = child.WorkflowId, RunId = child.RunId };

    private static HistoryEvent ClosedEvent(ChildState child, HistoryEvent close) => close.EventType switch
    {
        EventType.WorkflowExecutionCompleted => Completed(child, close.WorkflowExecutionCompletedEventAttributes),
        EventType.WorkflowExecutionFailed => Failed(child, close.WorkflowExecutionFailedEventAttributes),
        EventType.WorkflowExecutionCanceled => Canceled(child, close.WorkflowExecutionCanceledEventAttributes),
        EventType.WorkflowExecutionTimedOut => TimedOut(child, close.WorkflowExecutionTimedOutEventAttributes),
        EventType.WorkflowExecutionTerminated => Terminated(child),
        _ => throw new InvalidOperationException($"A child cannot end with {close.EventType} (event {close.EventId})."),
    };

    private static HistoryEvent Completed(ChildState child, WorkflowExecutionCompletedEventAttributes close) => new()
    {
        EventType = EventType.ChildWorkflowExecutionCompleted,
        ChildWorkflowExecutionCompletedEventAttributes = new()
        {
            Result = close.Result,
            Namespace = child.Namespace,
            NamespaceId = child.NamespaceId,
            WorkflowExecution = Execution(child),
            WorkflowType = new() { Name = child.WorkflowType },
            InitiatedEventId = child.InitiatedEventId,
            StartedEventId = child.StartedEventId,
        },
    };

    private static HistoryEvent Failed(ChildState child, WorkflowExecutionFailedEventAttributes close) => new()
    {
        EventType = EventType.ChildWorkflowExecutionFailed,
        ChildWorkflowExecutionFailedEventAttributes = new()
        {
            Failure = close.Failure,
            Namespace = child.Namespace,
            NamespaceId = child.NamespaceId,
            WorkflowExecution = Execution(child),
            WorkflowType = new() { Name = child.WorkflowType },
            InitiatedEventId = child.InitiatedEventId,
            StartedEventId = child.StartedEventId,
            RetryState = close.RetryState,
        },
    };

    private static HistoryEvent Canceled(ChildState child, WorkflowExecutionCanceledEventAttributes close) => new()
    {
        EventType = EventType.ChildWorkflowExecutionCanceled,
        ChildWorkflowExecutionCanceledEventAttributes = new()
        {
            Details = close.Details,
            Namespace = child.Namespace,
            NamespaceId = child.NamespaceId,
            WorkflowExecution = Execution(child),
            WorkflowType = new() { Name = child.WorkflowType },
            InitiatedEventId = child.InitiatedEventId,
            StartedEventId = child.StartedEventId,
        },
    };

    private static HistoryEvent TimedOut(ChildState child, WorkflowExecutionTimedOutEventAttributes close) => new()
    {
        EventType = EventType.ChildWorkflowExecutionTimedOut,
        ChildWorkflowExecutionTimedOutEventAttributes = new()
        {
            Namespace = child.Namespace,
            NamespaceId = child.NamespaceId,
            WorkflowExecution = Execution(child),
            WorkflowType = new() { Name = child.WorkflowType },
            InitiatedEventId = child.InitiatedEventId,
            StartedEventId = child.StartedEventId,
            RetryState = close.RetryState,
        },
    };

    private static HistoryEvent Terminated(ChildState child) => new()
    {
        EventType = EventType.ChildWorkflowExecutionTerminated,
        ChildWorkflowExecutionTerminatedEventAttributes = new()
        {
            Namespace = child.Namespace,
            NamespaceId = child.NamespaceId,
            WorkflowExecution = Execution(child),
            WorkflowType = new() { Name = child.WorkflowType },
            InitiatedEventId = child.InitiatedEventId,
            StartedEventId = child.StartedEventId,
        },
    };
}
