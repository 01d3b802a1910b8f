using System.Text.Json.Serialization;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>Names one run. Two runs of one workflow id differ in the run id only.</summary>
internal sealed record RunKey(string NamespaceId, string WorkflowId, string RunId)
{
    public ChainKey Chain => new(NamespaceId, WorkflowId);
}

/// <summary>Names all runs that share a workflow id, of which at most one is open.</summary>
internal sealed record ChainKey(string NamespaceId, string WorkflowId);

/// <summary>
/// Everything the server must remember about a run besides its history. Payloads that are in the history already are
/// referred to by event id. Only the engine writes here; a failed commit throws the object away and the run is read again.
/// </summary>
internal sealed class RunState
{
    public required string NamespaceId { get; init; }
    public required string NamespaceName { get; init; }
    public required string WorkflowId { get; init; }
    public required string RunId { get; init; }
    public required string FirstRunId { get; init; }
    public required string CreateRequestId { get; init; }
    public required string WorkflowType { get; init; }
    public required string TaskQueue { get; init; }

    public WorkflowExecutionStatus Status { get; set; } = WorkflowExecutionStatus.Running;
    public DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? ClosedAt { get; set; }
    public DateTimeOffset? RunExpiresAt { get; set; }
    public DateTimeOffset? ExecutionExpiresAt { get; init; }
    public TimeSpan RunTimeout { get; init; }
    public TimeSpan ExecutionTimeout { get; init; }
    public TimeSpan TaskTimeout { get; init; }

    public long NextEventId { get; set; } = 1;
    public long HistoryBytes { get; set; }
    public long Transitions { get; set; }
    public string? SuccessorRunId { get; set; }

    /// <summary>The run that took this one's place by a reset, and its children with it.</summary>
    public string? ResetRunId { get; set; }

    /// <summary>Set while the first workflow task waits for a start delay, a retry backoff or a cron time.</summary>
    public DateTimeOffset? FirstTaskAt { get; set; }
    public WorkflowTaskState? WorkflowTask { get; set; }

    /// <summary>The attempt that the next workflow task will carry; above 1 it is transient.</summary>
    public int TaskAttempt { get; set; } = 1;
    public long LastCompletedStartedEventId { get; set; }
    public StickyQueue? Sticky { get; set; }

    public bool CancelRequested { get; set; }
    public string? CancelRequestId { get; set; }
    public int SignalCount { get; set; }
    public Dictionary<string, AttachedRequest> AttachedRequests { get; init; } = [];

    public SortedDictionary<long, ActivityState> Activities { get; init; } = [];
    public Dictionary<string, TimerState> Timers { get; init; } = [];
    public SortedDictionary<long, ChildState> Children { get; init; } = [];
    public SortedDictionary<long, ExternalRequest> ExternalSignals { get; init; } = [];
    public SortedDictionary<long, ExternalRequest> ExternalCancels { get; init; } = [];
    public Dictionary<string, UpdateState> Updates { get; init; } = [];
    public List<HistoryEvent> Buffered { get; init; } = [];
    public List<OutboxMessage> Outbox { get; init; } = [];

    public Memo Memo { get; init; } = new();
    public SearchAttributes SearchAttributes { get; init; } = new();

    /// <summary>Event 1, which is read with the run and never stored twice.</summary>
    [JsonIgnore]
    public HistoryEvent FirstEvent { get; set; } = new();

    /// <summary>Which signals came already; their events tell that, too, and it is never stored twice.</summary>
    [JsonIgnore]
    public SignalIds SignalIds { get; set; } = new();

    [JsonIgnore]
    public WorkflowExecutionStartedEventAttributes Started => FirstEvent.WorkflowExecutionStartedEventAttributes;

    [JsonIgnore]
    public RunKey Key => new(NamespaceId, WorkflowId, RunId);

    [JsonIgnore]
    public bool IsOpen => Status == WorkflowExecutionStatus.Running;

    [JsonIgnore]
    public bool HasStartedTask => WorkflowTask is { IsStarted: true };

    [JsonIgnore]
    public DateTimeOffset ExecutionAt =>
        StartedAt + (Started.FirstWorkflowTaskBackoff?.ToTimeSpan() ?? TimeSpan.Zero);

    public WorkflowExecution Execution() => new() { WorkflowId = WorkflowId, RunId = RunId };
}

internal sealed record StickyQueue(string Name, TimeSpan ScheduleToStart);

internal sealed record AttachedRequest(EventType EventType, long EventId);

internal sealed class WorkflowTaskState
{
    public required long ScheduledEventId { get; set; }
    public long StartedEventId { get; set; }
    public required int Attempt { get; set; }
    public required DateTimeOffset ScheduledAt { get; init; }

    /// <summary>When the first of a chain of heartbeats (completions that ask for a new task at once) was scheduled.</summary>
    public required DateTimeOffset FirstScheduledAt { get; init; }
    public DateTimeOffset? StartedAt { get; set; }
    public required TimeSpan StartToClose { get; init; }

    /// <summary>The sticky queue that the task was scheduled on; null on the normal queue.</summary>
    public StickyQueue? Sticky { get; set; }
    public string RequestId { get; set; } = "";
    public string Identity { get; set; } = "";
    public string BuildId { get; set; } = "";
    public long HistoryBytesAtStart { get; set; }
    public bool SuggestContinueAsNew { get; set; }

    [JsonIgnore]
    public bool IsStarted => StartedEventId != 0;

    /// <summary>Transient tasks are retries whose events are written only if they complete.</summary>
    [JsonIgnore]
    public bool IsTransient => Attempt > 1;
}

internal sealed class TimerState
{
    public required string TimerId { get; init; }
    public required long StartedEventId { get; init; }
    public required DateTimeOffset FiresAt { get; init; }
}

internal sealed class ChildState
{
    public required long InitiatedEventId { get; init; }
    public long StartedEventId { get; set; }
    public required string RequestId { get; init; }
    public required string NamespaceId { get; init; }
    public required string Namespace { get; init; }
    public required string WorkflowId { get; init; }
    public string RunId { get; set; } = "";
    public required string WorkflowType { get; init; }
    public ParentClosePolicy ParentClosePolicy { get; init; }
    public bool IsStarted { get; set; }
}

internal sealed record ExternalRequest(long InitiatedEventId, string RequestId);

internal enum OutboxKind
{
    StartChild,
    SignalExternal,
    CancelExternal,
    ParentNotification,
    ParentClosePolicy,

    /// <summary>To itself and the last of all: everybody else has been told, so the run can go.</summary>
    Deletion,
}

/// <summary>
/// A message to another run. It is committed with the transition that causes it, delivered as often as it takes (the
/// receiver dedupes), and removed by the transition that records the answer.
/// </summary>
internal sealed record OutboxMessage(int Id, OutboxKind Kind, long EventId)
{
    /// <summary>Whom a parent close policy is applied to: the child's record is gone when its parent has closed.</summary>
    public ClosePolicyTarget? Target { get; init; }
}

internal sealed record ClosePolicyTarget(string NamespaceId, string WorkflowId, string RunId, ParentClosePolicy Policy);
