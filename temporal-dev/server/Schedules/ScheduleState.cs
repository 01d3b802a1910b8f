using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Schedule.V1;

namespace TemporalDev.Server.Schedules;

internal sealed record ScheduleKey(string NamespaceId, string ScheduleId);

/// <summary>Everything that the server remembers of a schedule.</summary>
internal sealed class ScheduleState
{
    public required string NamespaceId { get; init; }
    public required string NamespaceName { get; init; }
    public required string ScheduleId { get; init; }

    /// <summary>Tells the schedule from an earlier one of the same id; the request ids of its starts are made of it.</summary>
    public required string Incarnation { get; init; }
    public required string CreateRequestId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Its spec is in the canonical form.</summary>
    public required Schedule Schedule { get; set; }
    public Memo Memo { get; set; } = new();
    public SearchAttributes SearchAttributes { get; set; } = new();
    public long ConflictToken { get; set; } = 1;
    public DateTimeOffset? UpdatedAt { get; set; }

    /// <summary>Times of the spec up to here have been seen to.</summary>
    public required DateTimeOffset ProcessedUntil { get; set; }

    public long ActionCount { get; set; }
    public long MissedCatchupWindow { get; set; }
    public long OverlapSkipped { get; set; }
    public long BufferDropped { get; set; }
    public long PlannedCount { get; set; }

    /// <summary>Starts on which the overlap policy has not decided, or that it makes wait.</summary>
    public List<PlannedStart> Buffer { get; init; } = [];

    /// <summary>Starts that have been decided on and are not known to have taken place.</summary>
    public List<PlannedStart> Due { get; init; } = [];
    public List<StopOrder> Stops { get; init; } = [];
    public List<BackfillRequest> Backfills { get; init; } = [];
    public List<WorkflowExecution> Running { get; init; } = [];
    public List<ScheduleActionResult> Recent { get; init; } = [];
    public Payloads? LastResult { get; set; }
    public Failure? LastFailure { get; set; }
    public List<string> RequestIds { get; init; } = [];

    public ScheduleKey Key() => new(NamespaceId, ScheduleId);

    public string Identity() => $"temporal-scheduler-{NamespaceName}-{ScheduleId}";

    public ScheduleTimes Times() => new(Schedule.Spec, $"{NamespaceId}-{ScheduleId}");

    public ScheduleOverlapPolicy Resolve(ScheduleOverlapPolicy asked) =>
        asked == ScheduleOverlapPolicy.Unspecified ? Schedule.Policies.OverlapPolicy : asked;

    /// <summary>Whether its spec may start anything: it is not paused, and actions are left.</summary>
    public bool MayAct() => Schedule.State is { Paused: false } state && (!state.LimitedActions || state.RemainingActions > 0);
}

/// <summary>A start that a time of the spec, a trigger or a backfill asks for.</summary>
internal sealed record PlannedStart(long Number, DateTimeOffset Nominal, DateTimeOffset Actual)
{
    public ScheduleOverlapPolicy Overlap { get; init; }

    /// <summary>By a trigger or a backfill, which a pause and the limit of actions do not hold back.</summary>
    public bool IsManual { get; init; }

    /// <summary>Set when what runs has been asked to make way for it.</summary>
    public bool HasAsked { get; init; }

    /// <summary>Later starts wait for its end.</summary>
    public bool IsTracked { get; init; }
}

internal sealed record StopOrder(WorkflowExecution Run, bool IsTermination);
