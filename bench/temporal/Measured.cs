namespace Orchestrator.Bench.Temporal;

/// <summary>Processor time of everybody who takes part.</summary>
internal readonly record struct ProcessorTimes(TimeSpan Server, TimeSpan Database, TimeSpan Worker, TimeSpan Clients)
{
    public static ProcessorTimes operator -(ProcessorTimes later, ProcessorTimes earlier) => new(
        later.Server - earlier.Server, later.Database - earlier.Database, later.Worker - earlier.Worker, later.Clients - earlier.Clients);

    public static ProcessorTimes operator /(ProcessorTimes all, int parts) => new(all.Server / parts, all.Database / parts, all.Worker / parts, all.Clients / parts);
}

internal enum LoadKind
{
    Workflows,
    Signals,
}

/// <summary>One round of one load: how often it was done a second, and how long a call and the whole of it took.</summary>
internal sealed record Measured(double Rate, IReadOnlyList<TimeSpan> Calls, IReadOnlyList<TimeSpan> Wholes, ProcessorTimes Each);

/// <summary>Thread-safe, because every client adds to it.</summary>
internal sealed class Samples
{
    private readonly Lock _gate = new();
    private readonly List<TimeSpan> _calls = [];
    private readonly List<TimeSpan> _wholes = [];

    public void Add(TimeSpan call, TimeSpan whole)
    {
        lock (_gate)
        {
            _calls.Add(call);
            _wholes.Add(whole);
        }
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _calls.Count;
            }
        }
    }

    public IReadOnlyList<TimeSpan> Calls => _calls;

    public IReadOnlyList<TimeSpan> Wholes => _wholes;
}

internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[sorted.Count / 2];
    }

    public static double Milliseconds(IEnumerable<TimeSpan> values, double quantile)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[(int)(quantile * (sorted.Count - 1))].TotalMilliseconds;
    }
}
