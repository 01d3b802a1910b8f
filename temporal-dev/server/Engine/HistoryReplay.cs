using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>
/// Makes the state of a run out of events, for a reset: what was pending at that point is pending again. Workflow tasks
/// leave nothing behind but what they had read.
/// </summary>
internal static class HistoryReplay
{
    public static void Apply(Transition step, HistoryEvent item, RunState original)
    {
        var state = step.State;
        switch (item.EventType)
        {
            case EventType.WorkflowTaskCompleted:
                state.LastCompletedStartedEventId = item.WorkflowTaskCompletedEventAttributes.StartedEventId;
                break;
            case EventType.TimerStarted:
                var timer = item.TimerStartedEventAttributes;
                state.Timers[timer.TimerId] = new TimerState
                {
                    TimerId = timer.TimerId,
                    StartedEventId = item.EventId,
                    FiresAt = item.EventTime.ToDateTimeOffset() + timer.StartToFireTimeout.ToTimeSpan(),
                };
                break;
            case EventType.TimerFired:
                state.Timers.Remove(item.TimerFiredEventAttributes.TimerId);
                break;
            case EventType.TimerCanceled:
                state.Timers.Remove(item.TimerCanceledEventAttributes.TimerId);
                break;
            case EventType.WorkflowExecutionSignaled:
                state.SignalCount++;
                state.SignalIds.Note(item);
                break;
            case EventType.WorkflowExecutionCancelRequested:
                state.CancelRequested = true;
                break;
            case EventType.UpsertWorkflowSearchAttributes:
                Properties.Merge(
                    state.SearchAttributes.IndexedFields, item.UpsertWorkflowSearchAttributesEventAttributes.SearchAttributes.IndexedFields);
                break;
            case EventType.WorkflowPropertiesModified:
                Properties.Merge(state.Memo.Fields, item.WorkflowPropertiesModifiedEventAttributes.UpsertedMemo.Fields);
                break;
            case EventType.WorkflowExecutionUpdateAdmitted:
                state.Updates[item.WorkflowExecutionUpdateAdmittedEventAttributes.Request.Meta.UpdateId] = new UpdateState();
                break;
            case EventType.WorkflowExecutionUpdateAccepted:
                state.Updates[item.WorkflowExecutionUpdateAcceptedEventAttributes.ProtocolInstanceId] =
                    new UpdateState { AcceptedEventId = item.EventId };
                break;
            case EventType.WorkflowExecutionUpdateCompleted:
                state.Updates[item.WorkflowExecutionUpdateCompletedEventAttributes.Meta.UpdateId].CompletedEventId = item.EventId;
                break;
            case EventType.WorkflowExecutionOptionsUpdated:
                EventBuffer.Note(item, state);
                break;
            default:
                ApplyActivity(step, item);
                ApplyChild(step, item, original);
                ApplyExternal(step, item, original);
                break;
        }
    }

    private static void ApplyActivity(Transition step, HistoryEvent item)
    {
        var activities = step.State.Activities;
        switch (item.EventType)
        {
            case EventType.ActivityTaskScheduled:
                activities.Add(item.EventId, ActivityTasks.Pending(step, item));
                break;
            case EventType.ActivityTaskCancelRequested:
                if (activities.TryGetValue(item.ActivityTaskCancelRequestedEventAttributes.ScheduledEventId, out var activity))
                {
                    activity.CancelRequestedEventId = item.EventId;
                }

                break;
            case EventType.ActivityTaskCompleted:
                activities.Remove(item.ActivityTaskCompletedEventAttributes.ScheduledEventId);
                break;
            case EventType.ActivityTaskFailed:
                activities.Remove(item.ActivityTaskFailedEventAttributes.ScheduledEventId);
                break;
            case EventType.ActivityTaskTimedOut:
                activities.Remove(item.ActivityTaskTimedOutEventAttributes.ScheduledEventId);
                break;
            case EventType.ActivityTaskCanceled:
                activities.Remove(item.ActivityTaskCanceledEventAttributes.ScheduledEventId);
                break;
        }
    }

    private static void ApplyChild(Transition step, HistoryEvent item, RunState original)
    {
        var children = step.State.Children;
        switch (item.EventType)
        {
            case EventType.StartChildWorkflowExecutionInitiated:
                var initiated = item.StartChildWorkflowExecutionInitiatedEventAttributes;
                children.Add(item.EventId, new ChildState
                {
                    InitiatedEventId = item.EventId,
                    RequestId = original.Children.GetValueOrDefault(item.EventId)?.RequestId ?? step.NewId(),
                    NamespaceId = initiated.NamespaceId,
                    Namespace = initiated.Namespace,
                    WorkflowId = initiated.WorkflowId,
                    WorkflowType = initiated.WorkflowType.Name,
                    ParentClosePolicy = initiated.ParentClosePolicy,
                });
                break;
            case EventType.ChildWorkflowExecutionStarted:
                var started = item.ChildWorkflowExecutionStartedEventAttributes;
                var child = children[started.InitiatedEventId];
                child.IsStarted = true;
                child.StartedEventId = item.EventId;
                child.RunId = started.WorkflowExecution.RunId;
                break;
            case EventType.StartChildWorkflowExecutionFailed:
                children.Remove(item.StartChildWorkflowExecutionFailedEventAttributes.InitiatedEventId);
                break;
            case EventType.ChildWorkflowExecutionCompleted:
                children.Remove(item.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId);
                break;
            case EventType.ChildWorkflowExecutionFailed:
                children.Remove(item.ChildWorkflowExecutionFailedEventAttributes.InitiatedEventId);
                break;
            case EventType.ChildWorkflowExecutionCanceled:
                children.Remove(item.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId);
                break;
            case EventType.ChildWorkflowExecutionTimedOut:
                children.Remove(item.ChildWorkflowExecutionTimedOutEventAttributes.InitiatedEventId);
                break;
            case EventType.ChildWorkflowExecutionTerminated:
                children.Remove(item.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId);
                break;
        }
    }

    /// <summary>The request ids of the original run make sure that what was sent already is not sent twice.</summary>
    private static void ApplyExternal(Transition step, HistoryEvent item, RunState original)
    {
        var state = step.State;
        switch (item.EventType)
        {
            case EventType.SignalExternalWorkflowExecutionInitiated:
                state.ExternalSignals[item.EventId] =
                    original.ExternalSignals.GetValueOrDefault(item.EventId) ?? new ExternalRequest(item.EventId, step.NewId());
                break;
            case EventType.SignalExternalWorkflowExecutionFailed:
                state.ExternalSignals.Remove(item.SignalExternalWorkflowExecutionFailedEventAttributes.InitiatedEventId);
                break;
            case EventType.ExternalWorkflowExecutionSignaled:
                state.ExternalSignals.Remove(item.ExternalWorkflowExecutionSignaledEventAttributes.InitiatedEventId);
                break;
            case EventType.RequestCancelExternalWorkflowExecutionInitiated:
                state.ExternalCancels[item.EventId] =
                    original.ExternalCancels.GetValueOrDefault(item.EventId) ?? new ExternalRequest(item.EventId, step.NewId());
                break;
            case EventType.RequestCancelExternalWorkflowExecutionFailed:
                state.ExternalCancels.Remove(item.RequestCancelExternalWorkflowExecutionFailedEventAttributes.InitiatedEventId);
                break;
            case EventType.ExternalWorkflowExecutionCancelRequested:
                state.ExternalCancels.Remove(item.ExternalWorkflowExecutionCancelRequestedEventAttributes.InitiatedEventId);
                break;
        }
    }
}
