using TemporalDev.Server.Engine;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Storage;

/// <summary>
/// Where runs and schedules live. A commit is all or nothing and durable when its task completes; everything else reads what has been
/// committed.
/// </summary>
internal interface IStore : IAsyncDisposable
{
    Task CommitAsync(Commit commit);

    /// <summary>Forgets a closed run, its history and what lists show of it.</summary>
    Task DeleteRunAsync(RunKey key);

    Task<StoredRun?> ReadRunAsync(RunKey key, CancellationToken cancellation);

    Task<string?> ReadCurrentRunIdAsync(ChainKey key, CancellationToken cancellation);

    /// <summary>Events from <paramref name="first"/> to <paramref name="last"/>, both included.</summary>
    Task<IReadOnlyList<HistoryEvent>> ReadHistoryAsync(string runId, long first, long last, CancellationToken cancellation);

    /// <summary>The runs that a restarted server has to care for: open ones, and closed ones with undelivered messages.</summary>
    IAsyncEnumerable<StoredRun> ReadUnfinishedAsync(CancellationToken cancellation);

    /// <summary>The runs that match, in the order of their positions.</summary>
    Task<IReadOnlyList<IndexedRun>> ListAsync(RunSearch search, CancellationToken cancellation);

    /// <summary>How many runs match, by status; a status that none has is left out.</summary>
    Task<IReadOnlyList<StatusCount>> CountAsync(string namespaceId, Filter where, CancellationToken cancellation);

    Task<byte[]?> ReadScheduleAsync(ScheduleKey key, CancellationToken cancellation);

    /// <summary>Every schedule, for a restarted server.</summary>
    IAsyncEnumerable<byte[]> ReadSchedulesAsync(CancellationToken cancellation);

    /// <summary>The states of the schedules that match, in the order of their positions.</summary>
    Task<IReadOnlyList<byte[]>> ListSchedulesAsync(ScheduleSearch search, CancellationToken cancellation);

    Task<long> CountSchedulesAsync(string namespaceId, Filter where, CancellationToken cancellation);

    Task DeleteScheduleAsync(ScheduleKey key);

    Task SaveNamespaceAsync(NamespaceRecord record);

    Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellation);
}

/// <summary>What one transition changes: its run, and a second one if a run ends and another begins; or a schedule.</summary>
internal sealed record Commit(IReadOnlyList<RunWrite> Runs, CurrentRun? Current)
{
    public ScheduleWrite? Schedule { get; init; }
}

internal sealed record RunWrite(RunKey Key, byte[] State)
{
    public required bool IsOpen { get; init; }
    public required bool HasOutbox { get; init; }
    public EventBatch? Batch { get; init; }
    public VisibilityRow? Visibility { get; init; }
}

/// <summary>The events of one transition, encoded as a History message.</summary>
internal sealed record EventBatch(long FirstEventId, byte[] Events);

internal sealed record CurrentRun(ChainKey Chain, string RunId);

/// <summary>A run as stored: its state and the batch that holds its first event.</summary>
internal sealed record StoredRun(byte[] State, byte[] FirstBatch);

internal sealed record ScheduleWrite(ScheduleKey Key, byte[] State)
{
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>A JSON object: what queries may ask for.</summary>
    public required string Attributes { get; init; }
}

internal sealed record NamespaceRecord(string Id, string Name, byte[] Description);
