using Temporalio.Api.Enums.V1;
using Temporalio.Api.Worker.V1;

namespace TemporalDev.Server.Workers;

/// <summary>
/// What workers last said of themselves, by namespace and worker. In memory: a worker repeats itself every minute, so a
/// restarted server knows again soon.
/// </summary>
internal sealed class WorkerDirectory(TimeProvider time)
{
    /// <summary>Beyond these the ones not heard of for longest are forgotten.</summary>
    private const int KnownWorkers = 10_000;
    private static readonly TimeSpan Forgotten = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string NamespaceId, string InstanceKey), Known> _workers = [];

    public void Note(string namespaceId, IEnumerable<WorkerHeartbeat> heartbeats)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var heartbeat in heartbeats)
            {
                var key = (namespaceId, heartbeat.WorkerInstanceKey);
                if (heartbeat.Status == WorkerStatus.Shutdown)
                {
                    // One that is only shutting down stays: people look at what it did last.
                    _workers.Remove(key);
                    continue;
                }

                _workers[key] = new Known(heartbeat, now);
            }

            Forget(now);
        }
    }

    public WorkerHeartbeat? Find(string namespaceId, string instanceKey)
    {
        lock (_gate)
        {
            return _workers.GetValueOrDefault((namespaceId, instanceKey))?.Heartbeat;
        }
    }

    /// <summary>By instance key, so that pages fit together.</summary>
    public IReadOnlyList<WorkerHeartbeat> Of(string namespaceId)
    {
        lock (_gate)
        {
            return
            [
                .. _workers.Where(worker => worker.Key.NamespaceId == namespaceId)
                    .OrderBy(worker => worker.Key.InstanceKey, StringComparer.Ordinal)
                    .Select(worker => worker.Value.Heartbeat),
            ];
        }
    }

    private void Forget(DateTimeOffset now)
    {
        var excess = Math.Max(0, _workers.Count - KnownWorkers);
        var stale = _workers.OrderBy(worker => worker.Value.HeardAt)
            .TakeWhile((worker, index) => index < excess || now - worker.Value.HeardAt > Forgotten)
            .Select(worker => worker.Key)
            .ToList();
        stale.ForEach(worker => _workers.Remove(worker));
    }

    private sealed record Known(WorkerHeartbeat Heartbeat, DateTimeOffset HeardAt);
}
