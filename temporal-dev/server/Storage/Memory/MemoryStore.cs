using System.Runtime.CompilerServices;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Storage.Memory;

/// <summary>Keeps nothing longer than the process lives: for tests and for a server that is asked to.</summary>
internal sealed class MemoryStore : IStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RunKey, RunWrite> _runs = [];
    private readonly Dictionary<RunKey, VisibilityRow> _visible = [];
    private readonly Dictionary<string, SortedList<long, byte[]>> _batches = [];
    private readonly Dictionary<ChainKey, string> _current = [];
    private readonly Dictionary<ScheduleKey, ScheduleWrite> _schedules = [];
    private readonly Dictionary<string, NamespaceRecord> _namespaces = [];

    public Task CommitAsync(Commit commit)
    {
        lock (_gate)
        {
            foreach (var write in commit.Runs)
            {
                if (write.Batch is { } batch)
                {
                    BatchesOf(write.Key.RunId).Add(batch.FirstEventId, batch.Events);
                }

                _runs[write.Key] = write;
                if (write.Visibility is { } row)
                {
                    _visible[write.Key] = row;
                }
            }

            if (commit.Current is { } current)
            {
                _current[current.Chain] = current.RunId;
            }

            if (commit.Schedule is { } schedule)
            {
                _schedules[schedule.Key] = schedule;
            }
        }

        return Task.CompletedTask;
    }

    public Task DeleteRunAsync(RunKey key)
    {
        lock (_gate)
        {
            _runs.Remove(key);
            _visible.Remove(key);
            _batches.Remove(key.RunId);
            if (_current.GetValueOrDefault(key.Chain) == key.RunId)
            {
                _current.Remove(key.Chain);
            }
        }

        return Task.CompletedTask;
    }

    public Task<StoredRun?> ReadRunAsync(RunKey key, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_runs.TryGetValue(key, out var write) ? Stored(write) : null);
        }
    }

    public Task<string?> ReadCurrentRunIdAsync(ChainKey key, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_current.GetValueOrDefault(key));
        }
    }

    public Task<IReadOnlyList<HistoryEvent>> ReadHistoryAsync(string runId, long first, long last, CancellationToken cancellation)
    {
        List<byte[]> batches;
        lock (_gate)
        {
            batches = [.. BatchesOf(runId).Values];
        }

        IReadOnlyList<HistoryEvent> events =
            [.. batches.SelectMany(bytes => History.Parser.ParseFrom(bytes).Events).Where(item => item.EventId >= first && item.EventId <= last)];
        return Task.FromResult(events);
    }

    public async IAsyncEnumerable<StoredRun> ReadUnfinishedAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        List<StoredRun> found;
        lock (_gate)
        {
            found = [.. _runs.Values.Where(write => write.IsOpen || write.HasOutbox).Select(Stored)];
        }

        foreach (var run in found)
        {
            yield return run;
        }

        await Task.CompletedTask;
    }

    public Task<IReadOnlyList<IndexedRun>> ListAsync(RunSearch search, CancellationToken cancellation)
    {
        var found = Matching(search.NamespaceId, search.Where)
            .Where(run => search.After is null || PagePosition.Order(run.Position, search.After) > 0)
            .ToList();
        found.Sort((one, other) => PagePosition.Order(one.Position, other.Position));
        return Task.FromResult<IReadOnlyList<IndexedRun>>([.. found.Take(search.Limit)]);
    }

    public Task<IReadOnlyList<StatusCount>> CountAsync(string namespaceId, Filter where, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<StatusCount>>(
        [
            .. Matching(namespaceId, where)
                .GroupBy(run => run.Row.Status)
                .OrderBy(group => group.Key)
                .Select(group => new StatusCount((WorkflowExecutionStatus)group.Key, group.LongCount())),
        ]);

    public Task<byte[]?> ReadScheduleAsync(ScheduleKey key, CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult(_schedules.GetValueOrDefault(key)?.State);
        }
    }

    public IAsyncEnumerable<byte[]> ReadSchedulesAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return _schedules.Values.Select(schedule => schedule.State).ToList().ToAsyncEnumerable();
        }
    }

    public Task<IReadOnlyList<byte[]>> ListSchedulesAsync(ScheduleSearch search, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<byte[]>>(
        [
            .. Matching(search)
                .Select(schedule => (Position: new SchedulePosition(Instant.Of(schedule.CreatedAt), schedule.Key.ScheduleId), schedule.State))
                .Where(found => search.After is null || SchedulePosition.Order(found.Position, search.After) > 0)
                .OrderBy(found => found.Position, Comparer<SchedulePosition>.Create(SchedulePosition.Order))
                .Take(search.Limit)
                .Select(found => found.State),
        ]);

    public Task<long> CountSchedulesAsync(string namespaceId, Filter where, CancellationToken cancellation) =>
        Task.FromResult(Matching(new ScheduleSearch(namespaceId, where, null, 0)).LongCount());

    public Task DeleteScheduleAsync(ScheduleKey key)
    {
        lock (_gate)
        {
            _schedules.Remove(key);
        }

        return Task.CompletedTask;
    }

    public Task SaveNamespaceAsync(NamespaceRecord record)
    {
        lock (_gate)
        {
            _namespaces[record.Id] = record;
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<NamespaceRecord>> ReadNamespacesAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            return Task.FromResult<IReadOnlyList<NamespaceRecord>>([.. _namespaces.Values]);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private IEnumerable<IndexedRun> Matching(string namespaceId, Filter where)
    {
        List<IndexedRun> all;
        lock (_gate)
        {
            all = [.. _visible.Where(pair => pair.Key.NamespaceId == namespaceId).Select(pair => new IndexedRun(pair.Key, pair.Value))];
        }

        return all.Where(run => RowFilter.Matches(where, run));
    }

    private IEnumerable<ScheduleWrite> Matching(ScheduleSearch search)
    {
        List<ScheduleWrite> all;
        lock (_gate)
        {
            all = [.. _schedules.Values.Where(schedule => schedule.Key.NamespaceId == search.NamespaceId)];
        }

        return all.Where(schedule => ScheduleSearch.Matches(search.Where, schedule));
    }

    private StoredRun Stored(RunWrite write) => new(write.State, BatchesOf(write.Key.RunId).Values[0]);

    private SortedList<long, byte[]> BatchesOf(string runId)
    {
        if (!_batches.TryGetValue(runId, out var batches))
        {
            _batches[runId] = batches = [];
        }

        return batches;
    }
}
