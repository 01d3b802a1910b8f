using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Activities.Transfer;

/// <summary>Which step a gauge is about. Names of plans only: nothing of the data, and no more of them than steps that run.</summary>
public sealed record TransferLabels(string Plan, string Environment, string Batch, string Step);

/// <summary>How far the transfers are that this worker has lanes of.</summary>
public sealed class TransferGauges(TimeProvider time)
{
    // Between two slices a step has no lane for a moment; after this long it has ended elsewhere, or failed.
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<TransferLabels, Gauge> _gauges = [];

    /// <summary>One lane begins; dispose it when the lane ends.</summary>
    public LaneGauge Begin(TransferLabels labels)
    {
        lock (_gate)
        {
            var gauge = _gauges.GetValueOrDefault(labels) ?? new Gauge(0, null, 0);
            _gauges[labels] = gauge with { Lanes = gauge.Lanes + 1, At = time.GetTimestamp() };
        }

        return new LaneGauge(this, labels);
    }

    /// <summary>The step has ended.</summary>
    public void Forget(TransferLabels labels)
    {
        lock (_gate)
        {
            _gauges.Remove(labels);
        }
    }

    public IReadOnlyList<(TransferLabels Labels, int Lanes, TransferProgress Progress)> Read()
    {
        lock (_gate)
        {
            foreach (var (labels, _) in _gauges.Where(g => g.Value.Lanes == 0 && time.GetElapsedTime(g.Value.At) > Forgotten).ToList())
            {
                _gauges.Remove(labels);
            }

            return [.. _gauges.Where(g => g.Value.Progress is not null)
                .Select(g => (g.Key, g.Value.Lanes, g.Value.Progress!))
                .OrderBy(g => g.Key.ToString(), StringComparer.Ordinal)];
        }
    }

    private void Change(TransferLabels labels, Func<Gauge, Gauge> change)
    {
        lock (_gate)
        {
            // Forgotten meanwhile: a lane that ends after its step has nothing to say.
            if (_gauges.TryGetValue(labels, out var gauge))
            {
                _gauges[labels] = change(gauge) with { At = time.GetTimestamp() };
            }
        }
    }

    private sealed record Gauge(int Lanes, TransferProgress? Progress, long At);

    public sealed class LaneGauge(TransferGauges gauges, TransferLabels labels) : IDisposable
    {
        public void See(TransferProgress progress) => gauges.Change(labels, gauge => gauge with { Progress = progress });

        public void Dispose() => gauges.Change(labels, gauge => gauge with { Lanes = Math.Max(0, gauge.Lanes - 1) });
    }
}
