using System.Text.Json;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Compare;

/// <summary>
/// Whether two tables hold the same rows. Both servers hash their rows and sum the hashes up, side by side; where sums differ, keys
/// and hashes of those buckets are fetched; of the rows that differ, the columns.
/// </summary>
internal static class SameContent
{
    // Beyond this, the tables are not what anyone would mend row by row.
    private const int MostRowsFetched = 200_000;
    private const int BucketsFetched = 64;
    private const int RowsShown = 100;

    public static async Task<Measurement> MeasureAsync(SameContentCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var hereLook = await site.LookAsync(check.Database, cancel);
        await using var thereLook = await site.LookSourceAsync(check.Other.Database, cancel);
        var (hereTable, thereTable) = (Names.Table(check.Table), Names.Table(check.Other.Table));
        var columns = (await HashedRows.ColumnsAsync(hereLook, hereTable, cancel)).Where(c => c.KeyPlace > 0 || IsCompared(check, c.Name)).ToList();
        var others = (await HashedRows.ColumnsAsync(thereLook, thereTable, cancel)).Where(c => columns.Exists(o => o.Name == c.Name) || IsCompared(check, c.Name)).ToDictionary(c => c.Name);
        if (Misfits(check, columns, others) is { Count: > 0 } misfits)
        {
            return Measurement.OfDifferences("not comparable", misfits);
        }

        var form = await FormAsync(columns, others, hereLook, thereLook, cancel);
        var pair = new ComparedPair(
            new HashedRows(hereLook, hereTable, Names.Where(check.Where)),
            new HashedRows(thereLook, thereTable, Names.Where(check.Other.Where)),
            columns,
            form);
        return await CompareAsync(pair, cancel);
    }

    private static bool IsCompared(SameContentCheck check, string column) =>
        check.Columns is not { Count: > 0 } named || named.Contains(column);

    private static List<string> Misfits(SameContentCheck check, List<ComparedColumn> columns, Dictionary<string, ComparedColumn> others)
    {
        var misfits = columns.Where(c => !others.ContainsKey(c.Name)).Select(c => $"{c.Name} is not in {check.Other.Table}").ToList();
        misfits.AddRange(others.Keys.Where(name => columns.All(c => c.Name != name)).Select(name => $"{name} is only in {check.Other.Table}"));
        if (columns.Count == 0)
        {
            misfits.Add($"{check.Table} is not there, or has none of the columns");
        }

        return misfits;
    }

    private static async Task<HashForm> FormAsync(
        List<ComparedColumn> columns, Dictionary<string, ComparedColumn> others, Look here, Look there, CancellationToken cancel)
    {
        const string VersionSql = "select current_setting('server_version_num')::int / 10000";
        var sameVersion = Equals(await here.ScalarAsync(VersionSql, cancel), await there.ScalarAsync(VersionSql, cancel));
        return sameVersion && columns.TrueForAll(c => others[c.Name].Type == c.Type) ? HashForm.Native : HashForm.Text;
    }

    private static async Task<Measurement> CompareAsync(ComparedPair pair, CancellationToken cancel)
    {
        await Task.WhenAll(pair.Here.PrepareAsync(cancel), pair.There.PrepareAsync(cancel));
        var hereSums = pair.Here.SumsAsync(pair.HashSql, cancel);
        var thereSums = pair.There.SumsAsync(pair.HashSql, cancel);
        await Task.WhenAll(hereSums, thereSums);
        var rows = (await hereSums).Sum(b => b.Count);
        var buckets = BucketDiff.Differing(await hereSums, await thereSums);
        if (buckets.Count == 0)
        {
            return Measurement.Pass($"{rows:N0} rows alike");
        }

        if (pair.KeySql is not { } keySql)
        {
            return Measurement.Fail($"{rows:N0} rows here, {(await thereSums).Sum(b => b.Count):N0} there, not alike", "Without a key the rows that differ cannot be named: the table has no primary key.");
        }

        var wanted = buckets.Take(BucketsFetched).ToList();
        var hereHashes = pair.Here.HashesAsync(keySql, pair.HashSql, wanted, MostRowsFetched, cancel);
        var thereHashes = pair.There.HashesAsync(keySql, pair.HashSql, wanted, MostRowsFetched, cancel);
        await Task.WhenAll(hereHashes, thereHashes);
        var differences = BucketDiff.Compare(await hereHashes, await thereHashes);
        // A changed row is in one bucket here and in another there: with some buckets left out, it may look missing.
        var isWhole = wanted.Count == buckets.Count && (await hereHashes).Count < MostRowsFetched && (await thereHashes).Count < MostRowsFetched;
        var shown = await DescribeAsync(pair, keySql, [.. differences.Take(RowsShown)], isWhole, cancel);
        return Measurement.OfDifferences($"{(isWhole ? "" : "at least ")}{differences.Count:N0} of {rows:N0} rows differ", shown);
    }

    private static async Task<IReadOnlyList<string>> DescribeAsync(
        ComparedPair pair, string keySql, IReadOnlyList<RowDifference> differences, bool isWhole, CancellationToken cancel)
    {
        var keys = differences.Where(d => d.Kind == DifferenceKind.Different || !isWhole).Select(d => d.Key).ToList();
        var here = keys.Count == 0 ? [] : await pair.Here.RowsAsync(keySql, pair.RowSql, keys, cancel);
        var there = keys.Count == 0 ? [] : await pair.There.RowsAsync(keySql, pair.RowSql, keys, cancel);
        return [.. differences.Select(d => (here.GetValueOrDefault(d.Key), there.GetValueOrDefault(d.Key), d.Kind) switch
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

internal sealed class ComparedPair(HashedRows here, HashedRows there, IReadOnlyList<ComparedColumn> columns, HashForm form)
{
    public HashedRows Here => here;

    public HashedRows There => there;

    public string HashSql { get; } = HashedRows.HashSql(columns, form);

    public string RowSql { get; } = HashedRows.RowSql(columns);

    /// <summary>Null where the table has no primary key.</summary>
    public string? KeySql { get; } = columns.Where(c => c.KeyPlace > 0).OrderBy(c => c.KeyPlace).ToList() is { Count: > 0 } key ? HashedRows.KeySql(key) : null;
}
