using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Worker;

/// <summary>The gauges of steps that move rows, for Prometheus and for listeners of the .NET meter.</summary>
internal static class TransferMetrics
{
    private static readonly IReadOnlyList<Series> All =
    [
        new("lanes", "Lanes that work here.", (lanes, _) => lanes),
        new("rows_written", "Rows written so far, by all workers.", (_, p) => p.Rows),
        new("rows_walked", "Rows passed so far, by all workers.", (_, p) => p.Walked),
        new("rows_estimated", "Rows that there are about.", (_, p) => p.Estimate),
        new("rows_quarantined", "Rows set aside.", (_, p) => p.Quarantined),
        new("rows_per_second", "Rows passed a second.", (_, p) => p.RowsPerSecond),
        new("seconds_left", "Time until the end at this speed; NaN where there is none.", (_, p) => p.Left?.TotalSeconds ?? double.NaN),
        new("chunk_rows", "Rows of the next chunk.", (_, p) => p.ChunkRows),
        new("throttled", "1 while a throttle holds the step up.", (_, p) => p.Waiting is null ? 0 : 1),
    ];

    public static void Register(Meter meter, TransferGauges gauges)
    {
        foreach (var series in All)
        {
            meter.CreateObservableGauge($"orchestrator.transfer.{series.Name}", () => gauges.Read().Select(g => series.Measure(g.Labels, g.Lanes, g.Progress)), null, series.Help);
        }
    }

    public static void Write(StringBuilder text, TransferGauges gauges)
    {
        var now = gauges.Read();
        if (now.Count == 0)
        {
            return;
        }

        foreach (var series in All)
        {
            text.Append($"# HELP orchestrator_transfer_{series.Name} {series.Help}\n# TYPE orchestrator_transfer_{series.Name} gauge\n");
            foreach (var (labels, lanes, progress) in now)
            {
                text.Append($"orchestrator_transfer_{series.Name}{{{Text(labels)}}} {Number(series.Read(lanes, progress))}\n");
            }
        }
    }

    private static string Text(TransferLabels labels) =>
        $"plan=\"{Escape(labels.Plan)}\",environment=\"{Escape(labels.Environment)}\",batch=\"{Escape(labels.Batch)}\",step=\"{Escape(labels.Step)}\"";

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    private static string Number(double value) => double.IsNaN(value) ? "NaN" : value.ToString("0.######", CultureInfo.InvariantCulture);

    private sealed record Series(string Name, string Help, Func<int, TransferProgress, double> Read)
    {
        public Measurement<double> Measure(TransferLabels labels, int lanes, TransferProgress progress) => new(
            Read(lanes, progress), new("plan", labels.Plan), new("environment", labels.Environment), new("batch", labels.Batch), new("step", labels.Step));
    }
}
