using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Orchestrator.Activities.Transfer;

namespace Orchestrator.Worker;

/// <summary>
/// What a worker does, in numbers: as instruments of .NET, for whoever listens to those, and as the text that Prometheus reads.
/// </summary>
public sealed class WorkerMetrics : IDisposable
{
    public const string MeterName = "Orchestrator.Worker";

    private static readonly double[] Buckets = [0.01, 0.1, 0.5, 1, 5, 30, 120, 600, 3_600];

    private readonly Meter _meter = new(MeterName);
    private readonly UpDownCounter<long> _running;
    private readonly Histogram<double> _seconds;
    private readonly ConcurrentDictionary<string, StrongBox> _runningByName = new();
    private readonly ConcurrentDictionary<(string Activity, string Outcome), Spread> _spreads = new();

    private readonly TransferGauges? _transfers;

    public WorkerMetrics(TransferGauges? transfers = null)
    {
        _transfers = transfers;
        if (transfers is not null)
        {
            TransferMetrics.Register(_meter, transfers);
        }

        _running = _meter.CreateUpDownCounter<long>("orchestrator.activities.running", "{activity}", "Activities that run now.");
        _seconds = _meter.CreateHistogram<double>("orchestrator.activity.duration", "s", "How long activities took.");
    }

    public void Began(string activity)
    {
        Interlocked.Increment(ref _runningByName.GetOrAdd(activity, _ => new StrongBox()).Value);
        _running.Add(1, new KeyValuePair<string, object?>("activity", activity));
    }

    public void Ended(string activity, string outcome, TimeSpan elapsed)
    {
        Interlocked.Decrement(ref _runningByName.GetOrAdd(activity, _ => new StrongBox()).Value);
        _running.Add(-1, new KeyValuePair<string, object?>("activity", activity));
        _seconds.Record(elapsed.TotalSeconds, new("activity", activity), new("outcome", outcome));
        _spreads.GetOrAdd((activity, outcome), _ => new Spread()).Add(elapsed.TotalSeconds);
    }

    /// <summary>The text format of Prometheus, version 0.0.4.</summary>
    public string ToPrometheus()
    {
        var text = new StringBuilder();
        text.Append("# HELP orchestrator_activities_running Activities that run now.\n# TYPE orchestrator_activities_running gauge\n");
        foreach (var (activity, count) in _runningByName.OrderBy(r => r.Key, StringComparer.Ordinal))
        {
            Line("orchestrator_activities_running", $"activity=\"{activity}\"", Interlocked.Read(ref count.Value));
        }

        text.Append("# HELP orchestrator_activity_duration_seconds How long activities took.\n# TYPE orchestrator_activity_duration_seconds histogram\n");
        foreach (var ((activity, outcome), spread) in _spreads.OrderBy(s => s.Key.Activity, StringComparer.Ordinal).ThenBy(s => s.Key.Outcome, StringComparer.Ordinal))
        {
            var labels = $"activity=\"{activity}\",outcome=\"{outcome}\"";
            var (counts, sum) = spread.Read();
            long below = 0;
            for (var i = 0; i < Buckets.Length; i++)
            {
                below += counts[i];
                Line("orchestrator_activity_duration_seconds_bucket", $"{labels},le=\"{Number(Buckets[i])}\"", below);
            }

            Line("orchestrator_activity_duration_seconds_bucket", $"{labels},le=\"+Inf\"", counts.Sum());
            Line("orchestrator_activity_duration_seconds_sum", labels, sum);
            Line("orchestrator_activity_duration_seconds_count", labels, counts.Sum());
        }

        if (_transfers is not null)
        {
            TransferMetrics.Write(text, _transfers);
        }

        return text.ToString();

        void Line(string name, string labels, double value) => text.Append($"{name}{{{labels}}} {Number(value)}\n");
    }

    public void Dispose() => _meter.Dispose();

    private static string Number(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);

    private sealed class StrongBox
    {
        public long Value;
    }

    private sealed class Spread
    {
        private readonly Lock _gate = new();
        private readonly long[] _counts = new long[Buckets.Length + 1];
        private double _sum;

        public void Add(double seconds)
        {
            lock (_gate)
            {
                var bucket = Array.FindIndex(Buckets, limit => seconds <= limit);
                _counts[bucket < 0 ? Buckets.Length : bucket]++;
                _sum += seconds;
            }
        }

        public (long[] Counts, double Sum) Read()
        {
            lock (_gate)
            {
                return ([.. _counts], _sum);
            }
        }
    }
}
