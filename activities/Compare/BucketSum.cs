namespace Orchestrator.Activities.Compare;

/// <summary>
/// Rows whose hashes fall together, summed up without losing a digit. An exclusive-or would be blind to a row that is there twice more on
/// one side; count and sum see it.
/// </summary>
internal sealed record BucketSum(int Bucket, long Count, decimal Sum);

/// <summary>What the sums of both sides say, in pure code.</summary>
internal static class BucketDiff
{
    public static IReadOnlyList<int> Differing(IReadOnlyList<BucketSum> here, IReadOnlyList<BucketSum> there)
    {
        var others = there.ToDictionary(b => b.Bucket);
        var differing = here
            .Where(b => !others.Remove(b.Bucket, out var other) || other != b)
            .Select(b => b.Bucket)
            .ToList();
        differing.AddRange(others.Keys);
        differing.Sort();
        return differing;
    }

    /// <summary>The first of them, as many as have no more rows than that on either side; at least one.</summary>
    public static IReadOnlyList<int> Few(IReadOnlyList<int> buckets, IEnumerable<BucketSum> sums, long rows)
    {
        var counts = sums.GroupBy(s => s.Bucket).ToDictionary(s => s.Key, s => s.Max(b => b.Count));
        var few = new List<int>();
        foreach (var bucket in buckets)
        {
            rows -= counts[bucket];
            if (rows < 0 && few.Count > 0)
            {
                break;
            }

            few.Add(bucket);
        }

        return few;
    }

    /// <summary>Keys with other contents on the two sides, by the hashes of their rows.</summary>
    public static IReadOnlyList<RowDifference> Compare(IReadOnlyDictionary<string, long> here, IReadOnlyDictionary<string, long> there)
    {
        var differences = new List<RowDifference>();
        foreach (var (key, hash) in here)
        {
            if (!there.TryGetValue(key, out var other))
            {
                differences.Add(new RowDifference(key, DifferenceKind.OnlyHere));
            }
            else if (other != hash)
            {
                differences.Add(new RowDifference(key, DifferenceKind.Different));
            }
        }

        differences.AddRange(there.Keys.Where(key => !here.ContainsKey(key)).Select(key => new RowDifference(key, DifferenceKind.OnlyThere)));
        return [.. differences.OrderBy(d => d.Key, StringComparer.Ordinal)];
    }
}

internal enum DifferenceKind
{
    OnlyHere,
    OnlyThere,
    Different,
}

/// <param name="Key">The key's values as a JSON array.</param>
internal sealed record RowDifference(string Key, DifferenceKind Kind);
