using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>
/// The order in which buffered events enter the history: closes of activities and children go last, so that a start
/// recorded in the same batch always precedes its close.
/// </summary>
internal static class EventBuffer
{
    public static List<HistoryEvent> Take(List<HistoryEvent> buffered)
    {
        var ordered = buffered.Where(item => !IsClose(item.EventType)).ToList();
        ordered.AddRange(buffered.Where(item => IsClose(item.EventType)));
        buffered.Clear();
        return ordered;
    }

    /// <summary>Tells the state which event id a start got, now that it has one.</summary>
    public static void Note(HistoryEvent added, RunState state)
    {
        switch (added.EventType)
        {
            case EventType.ChildWorkflowExecutionStarted:
                var initiated = added.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId;
                if (state.Children.TryGetValue(initiated, out var child))
                {
                    child.StartedEventId = added.EventId;
                }

                break;
            case EventType.WorkflowExecutionOptionsUpdated:
                var requestId = added.WorkflowExecutionOptionsUpdatedEventAttributes.AttachedRequestId;
                if (requestId.Length > 0)
                {
                    state.AttachedRequests[requestId] = new AttachedRequest(added.EventType, added.EventId);
                }

                break;
        }
    }

    /// <summary>Fills the started event ids that were unknown while the events waited.</summary>
    public static void Resolve(IReadOnlyList<HistoryEvent> events)
    {
        var activityStarts = new Dictionary<long, long>();
        var childStarts = new Dictionary<long, long>();
        foreach (var item in events)
        {
            if (item.EventType == EventType.ActivityTaskStarted)
            {
                activityStarts[item.ActivityTaskStartedEventAttributes.ScheduledEventId] = item.EventId;
            }
            else if (item.EventType == EventType.ChildWorkflowExecutionStarted)
            {
                childStarts[item.ChildWorkflowExecutionStartedEventAttributes.InitiatedEventId] = item.EventId;
            }

            ResolveActivity(item, activityStarts);
            ResolveChild(item, childStarts);
        }
    }

    private static bool IsClose(EventType type) => type is EventType.ActivityTaskCompleted or EventType.ActivityTaskFailed
        or EventType.ActivityTaskCanceled or EventType.ActivityTaskTimedOut
        or EventType.ChildWorkflowExecutionCompleted or EventType.ChildWorkflowExecutionFailed
        or EventType.ChildWorkflowExecutionCanceled or EventType.ChildWorkflowExecutionTimedOut
        or EventType.ChildWorkflowExecutionTerminated;

    private static void ResolveActivity(HistoryEvent item, Dictionary<long, long> starts)
    {
        if (item.ActivityTaskCompletedEventAttributes is { } completed)
        {
            completed.StartedEventId = starts.GetValueOrDefault(completed.ScheduledEventId, completed.StartedEventId);
        }
        else if (item.ActivityTaskFailedEventAttributes is { } failed)
        {
            failed.StartedEventId = starts.GetValueOrDefault(failed.ScheduledEventId, failed.StartedEventId);
        }
        else if (item.ActivityTaskCanceledEventAttributes is { } canceled)
        {
            canceled.StartedEventId = starts.GetValueOrDefault(canceled.ScheduledEventId, canceled.StartedEventId);
        }
        else if (item.ActivityTaskTimedOutEventAttributes is { } timedOut)
        {
            timedOut.StartedEventId = starts.GetValueOrDefault(timedOut.ScheduledEventId, timedOut.StartedEventId);
        }
    }

    private static void ResolveChild(HistoryEvent item, Dictionary<long, long> starts)
    {
        if (item.ChildWorkflowExecutionCompletedEventAttributes is { } completed)
        {
            completed.StartedEventId = starts.GetValueOrDefault(completed.InitiatedEventId, completed.StartedEventId);
        }
        else if (item.ChildWorkflowExecutionFailedEventAttributes is { } failed)
        {
            failed.StartedEventId = starts.GetValueOrDefault(failed.InitiatedEventId, failed.StartedEventId);
        }
        else if (item.ChildWorkflowExecutionCanceledEventAttributes is { } canceled)
        {
            canceled.StartedEventId = starts.GetValueOrDefault(canceled.InitiatedEventId, canceled.StartedEventId);
        }
        else if (item.ChildWorkflowExecutionTimedOutEventAttributes is { } timedOut)
        {
            timedOut.StartedEventId = starts.GetValueOrDefault(timedOut.InitiatedEventId, timedOut.StartedEventId);
        }
        else if (item.ChildWorkflowExecutionTerminatedEventAttributes is { } terminated)
        {
            terminated.StartedEventId = starts.GetValueOrDefault(terminated.InitiatedEventId, terminated.StartedEventId);
        }
    }
}
