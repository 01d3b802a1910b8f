using TemporalDev.Server.Engine;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Storage.Postgres;

/// <summary>
/// The one place where an outage of the database becomes what callers, pollers and alarms know to wait out. A raw
/// exception of the driver would look like a bug to them, and what they were about to do would be lost.
/// </summary>
internal sealed class OutageTellingStore(PostgresStore store) : IStore
{
    public WriteCounts Written => store.Written;

    public Task CommitAsync(Commit commit) => TellAsync(store.CommitAsync(commit));

    public Task DeleteRunAsync(RunKey key) => TellAsync(store.DeleteRunAsync(key));

    public Task<StoredRun?> ReadRunAsync(RunKey key, CancellationToken cancellation) => TellAsync(store.ReadRunAsync(key, cancellation));

    public Task<string?> ReadCurrentRunIdAsync(ChainKey key, CancellationToken cancellation) =>
        TellAsync(store.ReadCurrentRunIdAsync(key, cancellation));

    public Task<IReadOnlyList<HistoryEvent>> ReadHistoryAsync(string runId, long first, long last, CancellationToken cancellation) =>
        TellAsync(store.ReadHistoryAsync(runId, first, last, cancellation));

    // Read at the start only, where an outage is the reason not to start.
    public IAsyncEnumerable<StoredRun> ReadUnfinishedAsync(CancellationToken cancellation) => store.ReadUnfinishedAsync(cancellation);

    public Task<IReadOnlyList<IndexedRun>> ListAsync(RunSearch search, CancellationToken cancellation) => TellAsync(store.ListAsync(search, cancellation));

    public Task<IReadOnlyList<StatusCount>> CountAsync(string namespaceId, Filter where, CancellationToken cancellation) =>
        TellAsync(store.CountAsync(namespaceId, where, cancellation));

    public Task<byte[]?> ReadScheduleAsync(ScheduleKey key, CancellationToken cancellation) => TellAsync(store.ReadScheduleAsync(key, cancellation));

    public IAsyncEnumerable<byte[]> ReadSchedulesAsync(CancellationToken cancellation) => store.ReadSchedulesAsync(cancellation);

    public Task<IReadOnlyList<byte[]>> ListSchedulesAsync(ScheduleSearch search, CancellationToken cancellation) =>
        TellAsync(store.ListSchedulesAsync(search, cancellation));

    public Task<long> CountSchedulesAsync(string namespaceId, Filter where, CancellationToken cancellation) =>
        TellAsync(store.CountSchedulesAsync(namespaceId, where, cancellation));

    public Task DeleteScheduleAsync(ScheduleKey key) => TellAsync(store.DeleteScheduleAsync(key));

    public Task SaveNamespaceAsync(NamespaceRecord record) => TellAsync(store.SaveNamespaceAsync(record));

    public Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellation) => TellAsync(store.ReadNamespacesAsync(cancellation));

    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static async Task TellAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (Exception failure) when (Outage.Is(failure))
        {
            throw Outage.Told();
        }
    }

    private static async Task<T> TellAsync<T>(Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (Exception failure) when (Outage.Is(failure))
        {
            throw Outage.Told();
        }
    }
}
