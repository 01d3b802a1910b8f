using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace Orchestrator.Tests.Support;

/// <summary>What is true of every history, whatever the workflow did.</summary>
internal static class HistoryInvariants
{
    public static void Check(IReadOnlyList<HistoryEvent> events)
    {
        Assert.NotEmpty(events);
        Assert.Equal(EventType.WorkflowExecutionStarted, events[0].EventType);
        for (var index = 0; index < events.Count; index++)
        {
            var item = events[index];
            Assert.True(item.EventId == index + 1, $"Event {index + 1} has the id {item.EventId}.");
            Assert.True(item.AttributesCase != HistoryEvent.AttributesOneofCase.None, $"Event {item.EventId} has no attributes.");
            Assert.True(
                item.AttributesCase.ToString() == item.EventType + "EventAttributes",
                $"Event {item.EventId} is a {item.EventType} with {item.AttributesCase}.");
            foreach (var (target, allowed) in References(item))
            {
                Assert.True(target > 0 && target < item.EventId, $"Event {item.EventId} ({item.EventType}) refers to event {target}.");
                Assert.True(
                    allowed.Contains(events[(int)target - 1].EventType),
                    $"Event {item.EventId} ({item.EventType}) refers to event {target}, which is a {events[(int)target - 1].EventType}.");
            }
        }

        CheckClose(events);
        CheckTasks(events);
        CheckOnce(events);
    }

    private static void CheckClose(IReadOnlyList<HistoryEvent> events)
    {
        var closes = events.Where(item => IsClose(item.EventType)).ToList();
        Assert.True(closes.Count <= 1, $"The history closes {closes.Count} times.");
        Assert.True(closes.Count == 0 || closes[0] == events[^1], "The history goes on after its close.");
    }

    /// <summary>A workflow task is scheduled, started, and ended before the next is scheduled.</summary>
    private static void CheckTasks(IReadOnlyList<HistoryEvent> events)
    {
        var state = EventType.WorkflowTaskCompleted;
        foreach (var item in events.Where(item => item.EventType.ToString().StartsWith("WorkflowTask", StringComparison.Ordinal)))
        {
            var isLegal = item.EventType switch
            {
                EventType.WorkflowTaskScheduled => state is not (EventType.WorkflowTaskScheduled or EventType.WorkflowTaskStarted),
                EventType.WorkflowTaskStarted => state == EventType.WorkflowTaskScheduled,
                EventType.WorkflowTaskTimedOut => state is EventType.WorkflowTaskStarted or EventType.WorkflowTaskScheduled,
                _ => state == EventType.WorkflowTaskStarted,
            };
            Assert.True(isLegal, $"{item.EventType} (event {item.EventId}) follows {state}.");
            state = item.EventType;
        }
    }

    /// <summary>What is scheduled or started closes at most once.</summary>
    private static void CheckOnce(IReadOnlyList<HistoryEvent> events)
    {
        var closed = new HashSet<(string Kind, long Id)>();
        foreach (var item in events)
        {
            if (Closes(item) is { } key)
            {
                Assert.True(closed.Add(key), $"{key.Kind} {key.Id} closes a second time with event {item.EventId} ({item.EventType}).");
            }
        }
    }

    private static (string Kind, long Id)? Closes(HistoryEvent item) => item.EventType switch
    {
        EventType.ActivityTaskCompleted => ("activity", item.ActivityTaskCompletedEventAttributes.ScheduledEventId),
        EventType.ActivityTaskFailed => ("activity", item.ActivityTaskFailedEventAttributes.ScheduledEventId),
        EventType.ActivityTaskTimedOut => ("activity", item.ActivityTaskTimedOutEventAttributes.ScheduledEventId),
        EventType.ActivityTaskCanceled => ("activity", item.ActivityTaskCanceledEventAttributes.ScheduledEventId),
        EventType.TimerFired => ("timer", item.TimerFiredEventAttributes.StartedEventId),
        EventType.TimerCanceled => ("timer", item.TimerCanceledEventAttributes.StartedEventId),
        EventType.ChildWorkflowExecutionCompleted => ("child", item.ChildWorkflowExecutionCompletedEventAttributes.InitiatedEventId),
        EventType.ChildWorkflowExecutionFailed => ("child", item.ChildWorkflowExecutionFailedEventAttributes.InitiatedEventId),
        EventType.ChildWorkflowExecutionCanceled => ("child", item.ChildWorkflowExecutionCanceledEventAttributes.InitiatedEventId),
        EventType.ChildWorkflowExecutionTimedOut => ("child", item.ChildWorkflowExecutionTimedOutEventAttributes.InitiatedEventId),
        EventType.ChildWorkflowExecutionTerminated => ("child", item.ChildWorkflowExecutionTerminatedEventAttributes.InitiatedEventId),
        _ => null,
    };

    private static IEnumerable<(long Target, EventType[] Allowed)> References(HistoryEvent item)
    {
        var json = Google.Protobuf.JsonFormatter.Default.Format(item);
        using var document = System.Text.Json.JsonDocument.Parse(json);
        var attributes = document.RootElement.EnumerateObject()
            .First(property => property.Name.EndsWith("EventAttributes", StringComparison.Ordinal)).Value;
        foreach (var property in attributes.EnumerateObject())
        {
            if (Allowed(item.EventType, property.Name) is { } allowed)
            {
                yield return (long.Parse(property.Value.GetString()!), allowed);
            }
        }
    }

    private static EventType[]? Allowed(EventType type, string field) => (field, type) switch
    {
        ("workflowTaskCompletedEventId", _) => [EventType.WorkflowTaskCompleted],
        ("latestCancelRequestedEventId", _) => [EventType.ActivityTaskCancelRequested],
        ("scheduledEventId", >= EventType.WorkflowTaskScheduled and <= EventType.WorkflowTaskFailed) => [EventType.WorkflowTaskScheduled],
        ("scheduledEventId", _) => [EventType.ActivityTaskScheduled],
        ("startedEventId", >= EventType.WorkflowTaskScheduled and <= EventType.WorkflowTaskFailed) => [EventType.WorkflowTaskStarted],
        ("startedEventId", EventType.TimerFired or EventType.TimerCanceled) => [EventType.TimerStarted],
        ("startedEventId", >= EventType.ActivityTaskScheduled and <= EventType.ActivityTaskCanceled) => [EventType.ActivityTaskStarted],
        ("startedEventId", _) => [EventType.ChildWorkflowExecutionStarted],
        ("initiatedEventId", EventType.SignalExternalWorkflowExecutionFailed or EventType.ExternalWorkflowExecutionSignaled) =>
            [EventType.SignalExternalWorkflowExecutionInitiated],
        ("initiatedEventId", EventType.RequestCancelExternalWorkflowExecutionFailed or EventType.ExternalWorkflowExecutionCancelRequested) =>
            [EventType.RequestCancelExternalWorkflowExecutionInitiated],
        ("initiatedEventId", _) => [EventType.StartChildWorkflowExecutionInitiated],
        _ => null,
    };

    private static bool IsClose(EventType type) => type is EventType.WorkflowExecutionCompleted or EventType.WorkflowExecutionFailed
        or EventType.WorkflowExecutionCanceled or EventType.WorkflowExecutionTerminated or EventType.WorkflowExecutionTimedOut
        or EventType.WorkflowExecutionContinuedAsNew;
}
