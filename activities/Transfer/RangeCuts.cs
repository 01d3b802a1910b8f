using Orchestrator.Activities.Ledger;

namespace Orchestrator.Activities.Transfer;

/// <summary>From one key (exclusive; null: from the start) to another (inclusive; null: to the end), with a guess at the keys between.</summary>
internal sealed record KeySpan(string[]? After, string[]? Last, long Estimate);

/// <summary>Cuts keys into ranges of about equal numbers, by a sample of the keys that are there and not by arithmetic on the ends.</summary>
internal static class RangeCuts
{
    /// <param name="sample">In the order of the key.</param>
    public static IReadOnlyList<KeySpan> Cut(IReadOnlyList<string[]> sample, string[]? after, string[] last, int parts, long estimate)
    {
        var ends = new List<string[]>();
        for (var part = 1; part < parts; part++)
        {
            var at = (int)((long)part * sample.Count / parts) - 1;
            if (at >= 0 && IsNew(sample[at]))
            {
                ends.Add(sample[at]);
            }
        }

        ends.Add(last);
        return [.. ends.Select((end, i) => new KeySpan(i == 0 ? after : ends[i - 1], end, estimate / ends.Count))];

        bool IsNew(string[] key) => !key.AsSpan().SequenceEqual(last)
            && (ends.Count == 0 || !key.AsSpan().SequenceEqual(ends[^1]))
            && (after is null || !key.AsSpan().SequenceEqual(after));
    }

    /// <summary>Whose rest is worth taking a part of: the largest, if moving it is worth the trouble of cutting.</summary>
    public static RangeRow? WorthStealing(IEnumerable<RangeRow> others, long least) =>
        others.Where(r => r.State == RangeState.Open && r.Left >= least).MaxBy(r => r.Left);
}
