using System.Text.Json;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Compare;

/// <summary>Both sides of a comparison, with the SQL that is the same for both.</summary>
internal sealed class ComparedPair
{
    // Beyond this, the tables are not what anyone would mend row by row.
    private const int MostRowsFetched = 200_000;

    private readonly (Look Look, ComparedSide Side) _here;
    private readonly (Look Look, ComparedSide Side) _there;
    private readonly IReadOnlyList<ComparedColumn> _key;
    private readonly IReadOnlyList<ComparedColumn> _thereKey;
    private readonly string _bucketSql;
    private readonly string _hashSql;
    private readonly string _rowSql;
    private readonly string? _sampleSql;

    public ComparedPair((Look Look, ComparedSide Side) here, (Look Look, ComparedSide Side) there, HashForm form, RowSample? sample)
    {
        (_here, _there) = (here, there);
        _key = [.. here.Side.Columns.Where(c => c.KeyPlace > 0).OrderBy(c => c.KeyPlace)];
        _thereKey = [.. _key.Select(k => there.Side.Columns.Single(c => c.Name == k.Name))];
        _bucketSql = HashedRows.BucketSql(_key, _thereKey, form);
        _hashSql = HashedRows.HashSql([.. here.Side.Columns.Select(c => c with { Nullable = c.Nullable || there.Side.Columns.Single(o => o.Name == c.Name).Nullable })], form);
        _rowSql = HashedRows.RowSql(here.Side.Columns);
        _sampleSql = sample is null ? null : HashedRows.SampleSql(_key, form, sample);
    }

    public bool HasKey => _key.Count > 0;

    public Task PrepareAsync(CancellationToken cancel) =>
        Task.WhenAll(Rows(_here, null).PrepareAsync(cancel), Rows(_there, null).PrepareAsync(cancel));

    public async Task<PartDiff> CompareAsync(KeySpan part, CancellationToken cancel)
    {
        var (here, there) = (Rows(_here, part), Rows(_there, part));
        var hereSumming = here.SumsAsync(_bucketSql, _hashSql, cancel);
        var thereSumming = there.SumsAsync(_bucketSql, _hashSql, cancel);
        await Task.WhenAll(hereSumming, thereSumming);
        var (hereSums, thereSums) = (await hereSumming, await thereSumming);
        var buckets = BucketDiff.Differing(hereSums, thereSums);
        var counted = new PartDiff(hereSums.Sum(b => b.Count), thereSums.Sum(b => b.Count), 0, IsCutShort: false, []);
        if (buckets.Count == 0)
        {
            return counted;
        }

        if (!HasKey)
        {
            return counted with { Differences = 1, IsCutShort = true };
        }

        var fetched = BucketDiff.Few(buckets, hereSums.Concat(thereSums), MostRowsFetched);
        var located = await LocateAsync(here, there, fetched, cancel);
        return located with { Rows = counted.Rows, OtherRows = counted.OtherRows, IsCutShort = located.IsCutShort || fetched.Count < buckets.Count };
    }

    private async Task<PartDiff> LocateAsync(HashedRows here, HashedRows there, IReadOnlyList<int> buckets, CancellationToken cancel)
    {
        var keySql = HashedRows.KeySql(_key);
        var hereFetching = here.HashesAsync(keySql, _bucketSql, _hashSql, buckets, MostRowsFetched, cancel);
        var thereFetching = there.HashesAsync(keySql, _bucketSql, _hashSql, buckets, MostRowsFetched, cancel);
        await Task.WhenAll(hereFetching, thereFetching);
        var (hereHashes, thereHashes) = (await hereFetching, await thereFetching);
        var differences = BucketDiff.Compare(hereHashes, thereHashes);
        // Cut off in the middle of a bucket, a row may look missing whose other half was not fetched.
        var isWhole = hereHashes.Count < MostRowsFetched && thereHashes.Count < MostRowsFetched;
        var shown = await DescribeAsync(here, there, [.. differences.Take(ComparedSoFar.RowsShown)], isWhole, cancel);
        return new PartDiff(0, 0, differences.Count, !isWhole, shown);
    }

    private HashedRows Rows((Look Look, ComparedSide Side) side, KeySpan? part)
    {
        List<string> conditions = [];
        if (side.Side.Where is { } where)
        {
            // On lines of their own: a condition may end in a comment.
            conditions.Add($"(\n{where}\n)");
        }

        if (part is not null && (part.After ?? part.Last) is not null)
        {
            conditions.Add($"({RangeOf(_key).WithinLiterals(part.After, part.Last)})");
        }

        if (_sampleSql is not null)
        {
            conditions.Add(_sampleSql);
        }

        return new HashedRows(side.Look, side.Side.FromSql, conditions.Count == 0 ? null : string.Join(" and ", conditions));
    }

    // Only its conditions are wanted, which name columns and no table.
    private static KeyRange RangeOf(IReadOnlyList<ComparedColumn> key) =>
        new(new KeyColumns(default, [.. key.Select(k => new KeyColumn(k.Name, k.Type, Nullable: false))]));

    private async Task<IReadOnlyList<string>> DescribeAsync(
        HashedRows here, HashedRows there, IReadOnlyList<RowDifference> differences, bool isWhole, CancellationToken cancel)
    {
        var keys = differences.Where(d => d.Kind == DifferenceKind.Different || !isWhole).Select(d => d.Key).ToList();
        var hereRows = keys.Count == 0 ? [] : await here.RowsAsync(_key, _rowSql, keys, cancel);
        var thereRows = keys.Count == 0 ? [] : await there.RowsAsync(_thereKey, _rowSql, keys, cancel);
        return [.. differences.Select(d => (hereRows.GetValueOrDefault(d.Key), thereRows.GetValueOrDefault(d.Key), d.Kind) switch
        {
            ({ } row, { } other, _) => $"{d.Key} differs in {ChangedColumns(row, other)}",
            (null, { }, _) or (_, _, DifferenceKind.OnlyThere) => $"{d.Key} is only there",
            _ => $"{d.Key} is only here",
        })];
    }

    // The columns and not the values: what is in them may be nobody's business who reads the report.
    private static string ChangedColumns(string row, string other)
    {
        using var here = JsonDocument.Parse(row);
        using var there = JsonDocument.Parse(other);
        var changed = here.RootElement.EnumerateObject()
            .Where(field => !JsonElement.DeepEquals(field.Value, there.RootElement.GetProperty(field.Name)))
            .Select(field => field.Name)
            .ToList();
        return changed.Count == 0 ? "how its values are stored" : string.Join(", ", changed);
    }
}
