using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>Signals and cancel requests that a workflow sends to another one.</summary>
internal static class Externals
{
    public static void InitiateSignal(
        Transition step, SignalExternalWorkflowExecutionCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadSignalWorkflowExecutionAttributes;
        Require.Id(command.Execution?.WorkflowId ?? "", "WorkflowId", bad);
        Require.Id(command.SignalName, "SignalName", bad);
        Require.Size(command.Input, Limits.BlobBytes, "The signal's input", bad);
        Require.Below(
            step.State.ExternalSignals.Count,
            Limits.PendingExternalSignals,
            "signals to other workflows",
            WorkflowTaskFailedCause.PendingSignalsLimitExceeded);

#pragma warning disable CS0612 // Workers still use the deprecated fields, and the event has to repeat them.
        var initiated = step.Append(new HistoryEvent
        {
            EventType = EventType.SignalExternalWorkflowExecutionInitiated,
            SignalExternalWorkflowExecutionInitiatedEventAttributes = new()
            {
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                Namespace = command.Namespace,
                NamespaceId = NamespaceId(step.State, command.Namespace),
                WorkflowExecution = command.Execution,
                SignalName = command.SignalName,
                Input = command.Input,
                Control = command.Control,
                ChildWorkflowOnly = command.ChildWorkflowOnly,
                Header = command.Header,
            },
        });
#pragma warning restore CS0612
        step.State.ExternalSignals.Add(initiated.EventId, new ExternalRequest(initiated.EventId, step.NewId()));
        step.Send(OutboxKind.SignalExternal, initiated.EventId);
    }

    public static void InitiateCancel(
        Transition step, RequestCancelExternalWorkflowExecutionCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadRequestCancelExternalWorkflowExecutionAttributes;
        Require.Id(command.WorkflowId, "WorkflowId", bad);
        Require.Below(
            step.State.ExternalCancels.Count,
            Limits.PendingExternalCancels,
            "cancel requests to other workflows",
            WorkflowTaskFailedCause.PendingRequestCancelLimitExceeded);

#pragma warning disable CS0612 // Workers still use the deprecated fields, and the event has to repeat them.
        var initiated = step.Append(new HistoryEvent
        {
            EventType = EventType.RequestCancelExternalWorkflowExecutionInitiated,
            RequestCancelExternalWorkflowExecutionInitiatedEventAttributes = new()
            {
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                Namespace = command.Namespace,
                NamespaceId = NamespaceId(step.State, command.Namespace),
                WorkflowExecution = new() { WorkflowId = command.WorkflowId, RunId = command.RunId },
                Control = command.Control,
                ChildWorkflowOnly = command.ChildWorkflowOnly,
                Reason = command.Reason,
            },
        });
#pragma warning restore CS0612
        step.State.ExternalCancels.Add(initiated.EventId, new ExternalRequest(initiated.EventId, step.NewId()));
        step.Send(OutboxKind.CancelExternal, initiated.EventId);
    }

    public static void Signaled(
        Transition step, HistoryEvent initiated, SignalExternalWorkflowExecutionFailedCause failed)
    {
        if (!step.State.ExternalSignals.Remove(initiated.EventId) || !step.State.IsOpen)
        {
            return;
        }

        var request = initiated.SignalExternalWorkflowExecutionInitiatedEventAttributes;
#pragma warning disable CS0612 // The answer repeats the deprecated control field of the request.
        step.Record(failed == SignalExternalWorkflowExecutionFailedCause.Unspecified
            ? new HistoryEvent
            {
                EventType = EventType.ExternalWorkflowExecutionSignaled,
                ExternalWorkflowExecutionSignaledEventAttributes = new()
                {
                    InitiatedEventId = initiated.EventId,
                    Namespace = NamespaceName(step.State, request.Namespace),
                    NamespaceId = request.NamespaceId,
                    WorkflowExecution = request.WorkflowExecution,
                    Control = request.Control,
                },
            }
            : new HistoryEvent
            {
                EventType = EventType.SignalExternalWorkflowExecutionFailed,
                SignalExternalWorkflowExecutionFailedEventAttributes = new()
                {
                    Cause = failed,
                    InitiatedEventId = initiated.EventId,
                    Namespace = NamespaceName(step.State, request.Namespace),
                    NamespaceId = request.NamespaceId,
                    WorkflowExecution = request.WorkflowExecution,
                    Control = request.Control,
                },
            });
#pragma warning restore CS0612
        WorkflowTasks.Wake(step);
    }

    public static void CancelRequested(
        Transition step, HistoryEvent initiated, CancelExternalWorkflowExecutionFailedCause failed)
    {
        if (!step.State.ExternalCancels.Remove(initiated.EventId) || !step.State.IsOpen)
        {
            return;
        }

        var request = initiated.RequestCancelExternalWorkflowExecutionInitiatedEventAttributes;
#pragma warning disable CS0612 // The answer repeats the deprecated control field of the request.
        step.Record(failed == CancelExternalWorkflowExecutionFailedCause.Unspecified
            ? new HistoryEvent
            {
                EventType = EventType.ExternalWorkflowExecutionCancelRequested,
                ExternalWorkflowExecutionCancelRequestedEventAttributes = new()
                {
                    InitiatedEventId = initiated.EventId,
                    Namespace = NamespaceName(step.State, request.Namespace),
                    NamespaceId = request.NamespaceId,
                    WorkflowExecution = request.WorkflowExecution,
                },
            }
            : new HistoryEvent
            {
                EventType = EventType.RequestCancelExternalWorkflowExecutionFailed,
                RequestCancelExternalWorkflowExecutionFailedEventAttributes = new()
                {
                    Cause = failed,
                    InitiatedEventId = initiated.EventId,
                    Namespace = NamespaceName(step.State, request.Namespace),
                    NamespaceId = request.NamespaceId,
                    WorkflowExecution = request.WorkflowExecution,
                    Control = request.Control,
                },
            });
#pragma warning restore CS0612
        WorkflowTasks.Wake(step);
    }

    /// <summary>A worker may leave out the namespace that it shares with the receiver.</summary>
    private static string NamespaceName(RunState state, string given) => given.Length == 0 ? state.NamespaceName : given;

    private static string NamespaceId(RunState state, string given) =>
        NamespaceName(state, given) == state.NamespaceName ? state.NamespaceId : "";
}
