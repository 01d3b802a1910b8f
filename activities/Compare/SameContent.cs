using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Compare;

/// <summary>
/// Whether two tables hold the same rows. Both servers hash their rows and sum the hashes up, side by side; where sums differ, keys
/// and hashes of those buckets are fetched; of the rows that differ, the columns. Large tables are compared part by part.
/// </summary>
internal sealed class SameContent(CheckSite site)
{
    private const int MostParts = 256;

    public async Task<Measurement> MeasureAsync(SameContentCheck check, CancellationToken cancel)
    {
        await using var hereLook = await site.LookAsync(check.Database, cancel);
        await using var thereLook = await site.LookSourceAsync(check.Other.Database, cancel);
        var here = await SideAsync(hereLook, check.Table, check.Query, check.Key, check.Where, cancel);
        var there = await SideAsync(thereLook, check.Other.Table, check.Other.Query, check.Key, check.Other.Where, cancel);
        here = here with { Columns = [.. here.Columns.Where(c => c.KeyPlace > 0 || IsCompared(check, c.Name))] };
        there = there with { Columns = [.. there.Columns.Where(c => here.Columns.Any(o => o.Name == c.Name) || IsCompared(check, c.Name))] };
        if (Misfits(check, here, there) is { Count: > 0 } misfits)
        {
            return Measurement.OfDifferences("not comparable", misfits);
        }

        var pair = new ComparedPair((hereLook, here), (thereLook, there), await FormAsync(here, there, hereLook, thereLook, cancel), check.Sample);
        var soFar = site.Journal.Resume(check.Id) ?? new ComparedSoFar { Parts = await CutAsync(check, here, there, hereLook, cancel) };
        return await CompareAsync(check, pair, soFar, cancel);
    }

    private async Task<Measurement> CompareAsync(SameContentCheck check, ComparedPair pair, ComparedSoFar soFar, CancellationToken cancel)
    {
        await pair.PrepareAsync(cancel);
        while (soFar.Done < soFar.Parts.Count)
        {
            try
            {
                soFar = soFar.With(await pair.CompareAsync(soFar.Parts[soFar.Done], cancel));
            }
            catch (RefusalException e)
            {
                return Measurement.Inconclusive(e.Message);
            }

            site.Journal.Note(check.Id, soFar);
        }

        return Judge(check, soFar, pair.HasKey);
    }

    private static Task<ComparedSide> SideAsync(Look look, string table, SqlScript? query, IReadOnlyList<string>? key, string? where, CancellationToken cancel) =>
        query is null ? ComparedSide.OfTableAsync(look, table, where, cancel) : ComparedSide.OfQueryAsync(look, query, key ?? [], where, cancel);

    private static bool IsCompared(SameContentCheck check, string column) =>
        check.Columns is not { Count: > 0 } named || named.Contains(column);

    private static List<string> Misfits(SameContentCheck check, ComparedSide here, ComparedSide there)
    {
        var misfits = here.Columns.Where(c => there.Columns.All(o => o.Name != c.Name)).Select(c => $"{c.Name} is not in {there.Name}").ToList();
        misfits.AddRange(there.Columns.Where(c => here.Columns.All(o => o.Name != c.Name)).Select(c => $"{c.Name} is only in {there.Name}"));
        misfits.AddRange((check.Key ?? []).Where(k => here.Columns.All(c => c.Name != k)).Select(k => $"{here.Name} has no column {k}"));
        if (here.Columns.Count == 0)
        {
            misfits.Add($"{here.Name} is not there, or has none of the columns");
        }
        else if (check.Sample is not null && here.Columns.All(c => c.KeyPlace == 0))
        {
            misfits.Add($"{here.Name} has no primary key to draw a sample by");
        }

        return misfits;
    }

    private static async Task<HashForm> FormAsync(ComparedSide here, ComparedSide there, Look hereLook, Look thereLook, CancellationToken cancel)
    {
        const string VersionSql = "select current_setting('server_version_num')::int / 10000";
        var sameVersion = Equals(await hereLook.ScalarAsync(VersionSql, cancel), await thereLook.ScalarAsync(VersionSql, cancel));
        return sameVersion && here.Columns.All(c => there.Columns.Single(o => o.Name == c.Name).Type == c.Type) ? HashForm.Native : HashForm.Text;
    }

    private async Task<IReadOnlyList<KeySpan>> CutAsync(SameContentCheck check, ComparedSide here, ComparedSide there, Look look, CancellationToken cancel)
    {
        IReadOnlyList<KeySpan> whole = [new KeySpan(null, null, 0)];
        var key = here.Columns.Where(c => c.KeyPlace > 0).OrderBy(c => c.KeyPlace).ToList();
        // What sorts differently on the other side would put a row into one part here and into another there.
        if (check.Query is not null || key.Count == 0 || !key.TrueForAll(k => k.IsSortedAlike && there.Columns.Any(o => o.Name == k.Name && o.Type == k.Type)))
        {
            return whole;
        }

        var walk = new KeyLook(look.Connection, await KeyColumns.ReadAsync(look.Connection, SqlName.TryParse(check.Table)!, [.. key.Select(k => k.Name)], cancel));
        var rows = await walk.EstimateAsync(cancel);
        var parts = (int)Math.Min(rows / site.ComparedRows, MostParts);
        if (parts < 2 || await walk.LastKeyAsync(cancel) is not { } last)
        {
            return whole;
        }

        var spans = RangeCuts.Cut(await walk.SampleAsync(null, last, rows, cancel), null, last, parts, rows);
        // The last one is open: the other side may have rows beyond.
        return [.. spans.SkipLast(1), spans[^1] with { Last = null }];
    }

    private static Measurement Judge(SameContentCheck check, ComparedSoFar all, bool hasKey)
    {
        var of = check.Sample is { } sample ? $" of {sample}" : "";
        var moments = all.Moments == 1 ? "" : $", seen at {all.Moments} moments, because whoever compared them was stopped";
        if (all is { Differences: 0 })
        {
            return Measurement.Pass($"{all.Rows:N0} rows{of} alike{moments}") with { Explanation = check.Sample?.DescribeBlindSpot() };
        }

        return hasKey
            ? Measurement.OfDifferences($"{(all.IsCutShort ? "at least " : "")}{all.Differences:N0} of {all.Rows:N0} rows{of} differ{moments}", all.Shown)
            : Measurement.Fail($"{all.Rows:N0} rows here, {all.OtherRows:N0} there, not alike", "Without a key the rows that differ cannot be named: the table has no primary key, or the query no 'key'.");
    }
}
