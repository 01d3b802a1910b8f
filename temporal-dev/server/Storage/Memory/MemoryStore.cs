using System.Runtime.CompilerServices;
using TemporalDev.Server.Engine;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Storage.Memory;

/// <summary>Keeps nothing longer than the process lives: for tests and for a server that is asked to.</summary>
internal sealed class MemoryStore : IStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RunKey, RunWrite> _runs = [];
    private readonly Dictionary<string, SortedList<long, byte[]>> _batches = [];
    private readonly Dictionary<ChainKey, string> _current = [];
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
            }

            if (commit.Current is { } current)
            {
                _current[current.Chain] = current.RunId;
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
