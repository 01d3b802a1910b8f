using TemporalDev.Server.Engine;
using TemporalDev.Server.Queries;

namespace TemporalDev.Server.Queues;

/// <summary>What a poller takes: where to look, never the work itself. It may be stale by then; the run knows.</summary>
internal sealed record QueuedTask(RunKey Run, long ScheduledEventId, int Attempt)
{
    /// <summary>Set when the task is a query on a run that has no workflow task to carry it.</summary>
    public DirectQuery? Query { get; init; }

    /// <summary>Under which the task has been started, or may have been when an answer was lost, without a worker having got it; else null.</summary>
    public string? StartRequestId { get; init; }

    public QueuedTask Claimed() => StartRequestId is null ? this with { StartRequestId = Guid.NewGuid().ToString() } : this;
}
