using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Common;

namespace Orchestrator.Bench.Sdk;

/// <summary>What a server would have recorded of <see cref="Ticking" />.</summary>
internal sealed class TickingHistory
{
    /// <summary>Such as a worker gets that has lost its cache; workers that have not get one task at a time.</summary>
    public const int Typical = 100;

    /// <summary>The core moves the rest of a history forward with every task: this much of it is two thirds of all that is done.</summary>
    public const int Long = 1000;

    public static readonly Timestamp Begin = Timestamp.FromDateTime(new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

    private readonly History _history = new();

    private TickingHistory(int ticks)
    {
        Add(EventType.WorkflowExecutionStarted).WorkflowExecutionStartedEventAttributes = new()
        {
            WorkflowType = new() { Name = "ticking" },
            TaskQueue = new() { Name = "bench" },
            Input = new() { Payloads_ = { new Temporalio.Api.Common.V1.Payload { Metadata = { ["encoding"] = ByteString.CopyFromUtf8("json/plain") }, Data = ByteString.CopyFromUtf8(ticks.ToString()) } } },
            OriginalExecutionRunId = "bench-run",
            FirstExecutionRunId = "bench-run",
            WorkflowTaskTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
        };
        for (var tick = 1; tick <= ticks; tick++)
        {
            var completed = AddTask();
            var started = Add(EventType.TimerStarted);
            started.TimerStartedEventAttributes = new()
            {
                TimerId = tick.ToString(),
                StartToFireTimeout = Duration.FromTimeSpan(TimeSpan.FromSeconds(1)),
                WorkflowTaskCompletedEventId = completed,
            };
            Add(EventType.TimerFired).TimerFiredEventAttributes = new() { TimerId = tick.ToString(), StartedEventId = started.EventId };
        }

        var last = AddTask();
        Add(EventType.WorkflowExecutionCompleted).WorkflowExecutionCompletedEventAttributes = new() { WorkflowTaskCompletedEventId = last };
    }

    public static WorkflowHistory Of(int ticks) => new("bench", new TickingHistory(ticks)._history.Events);

    /// <summary>For the workers of other languages.</summary>
    public static string JsonOf(int ticks) => JsonFormatter.Default.Format(new TickingHistory(ticks)._history);

    private HistoryEvent Add(EventType type)
    {
        var item = new HistoryEvent { EventId = _history.Events.Count + 1, EventType = type, EventTime = Begin };
        _history.Events.Add(item);
        return item;
    }

    private long AddTask()
    {
        var scheduled = Add(EventType.WorkflowTaskScheduled);
        scheduled.WorkflowTaskScheduledEventAttributes = new() { TaskQueue = new() { Name = "bench" } };
        var started = Add(EventType.WorkflowTaskStarted);
        started.WorkflowTaskStartedEventAttributes = new() { ScheduledEventId = scheduled.EventId };
        var completed = Add(EventType.WorkflowTaskCompleted);
        completed.WorkflowTaskCompletedEventAttributes = new() { ScheduledEventId = scheduled.EventId, StartedEventId = started.EventId };
        return completed.EventId;
    }
}
