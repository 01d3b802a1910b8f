using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

/// <summary>
/// Lets PostgreSQL itself write both definitions: the stated one is built on an empty temporary copy of the table, so that
/// brackets, casts and defaults are never a difference.
/// </summary>
internal static class IndexShape
{
    public static async Task<Measurement> MeasureAsync(IndexCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel, LookMode.MayTry);
        var actual = (await look.QueryAsync<IndexRow>(
            """
            select pg_get_indexdef(i.indexrelid) as definition, i.indisvalid and i.indisready as whole, i.indisunique as "unique"
            from pg_index i
            join pg_class c on c.oid = i.indexrelid
            where i.indrelid = @Table::regclass and c.relname = @Index
            """,
            new { Table = Names.Table(check.Table).ToString(), check.Index },
            cancel)).SingleOrDefault();
        if (actual is null)
        {
            return Measurement.Fail("missing", $"{check.Table} has no index {check.Index}.");
        }

        var wanted = await BuildAsync(look, check, cancel);
        List<string> differences =
        [
            .. actual.Whole ? [] : new[] { "the index is invalid: its build was interrupted or failed" },
            .. actual.Unique == check.Unique ? [] : new[] { check.Unique ? "it is not unique" : "it is unique" },
            .. Shape(actual.Definition) == Shape(wanted) ? [] : new[] { $"it is {Shape(actual.Definition)}, wanted {Shape(wanted)}" },
        ];
        return Measurement.OfDifferences($"{(actual.Unique ? "unique " : "")}{Shape(actual.Definition)}", differences);
    }

    private static async Task<string> BuildAsync(Look look, IndexCheck check, CancellationToken cancel)
    {
        var tableName = Names.Table(check.Table);
        var methodName = Names.Column(check.Method);
        var columnsSql = string.Join(", ", check.Columns);
        var includesSql = check.Includes.Count == 0 ? "" : $" include ({Names.Columns(check.Includes)})";
        var whereSql = Names.Where(check.Where);
        await look.ExecuteAsync($"create temporary table orchestrator_shape (like {tableName}) on commit drop", cancel);
        await look.ExecuteAsync(
            $"create index orchestrator_shape_index on pg_temp.orchestrator_shape using {methodName} ({columnsSql}){includesSql}{whereSql}", cancel);
        return (string)(await look.ScalarAsync("select pg_get_indexdef('pg_temp.orchestrator_shape_index'::regclass)", cancel))!;
    }

    // From the method on: what comes before names the index and the table, which differ.
    private static string Shape(string definition) => definition[(definition.IndexOf(" USING ", StringComparison.Ordinal) + " USING ".Length)..];

    private sealed record IndexRow
    {
        public required string Definition { get; init; }

        public required bool Whole { get; init; }

        public required bool Unique { get; init; }
    }
}
