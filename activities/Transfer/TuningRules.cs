using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Transfer;

/// <summary>What may be asked of a running transfer.</summary>
internal static class TuningRules
{
    private const int ShortestChunkMilliseconds = 10;
    private const int LongestChunkMilliseconds = 60_000;

    public static string? Refuse(Tuning tuning) => tuning switch
    {
        { ChunkMilliseconds: null, RowsPerSecond: null, Lanes: null } => "Nothing to change: say chunkMilliseconds, rowsPerSecond or lanes.",
        { ChunkMilliseconds: < ShortestChunkMilliseconds or > LongestChunkMilliseconds } =>
            $"A chunk of {tuning.ChunkMilliseconds} ms is not from {ShortestChunkMilliseconds} to {LongestChunkMilliseconds} ms.",
        { RowsPerSecond: < 0 } => $"{tuning.RowsPerSecond} rows a second are fewer than none.",
        { Lanes: < 1 or > PlanLimits.LanesMost } => $"{tuning.Lanes} lanes are not from 1 to {PlanLimits.LanesMost}.",
        _ => null,
    };

    public static string Describe(Tuning tuning)
    {
        var parts = new List<string>();
        if (tuning.ChunkMilliseconds is { } chunk)
        {
            parts.Add($"chunks of {chunk} ms");
        }

        if (tuning.RowsPerSecond is { } rate)
        {
            parts.Add(rate == 0 ? "no limit on rows" : $"{rate:N0} rows a second");
        }

        if (tuning.Lanes is { } lanes)
        {
            parts.Add($"{lanes} lanes");
        }

        return $"{tuning.Who ?? "somebody"} asked for {string.Join(", ", parts)}";
    }
}
