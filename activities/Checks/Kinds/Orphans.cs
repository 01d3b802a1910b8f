using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Orphans
{
    public static async Task<Measurement> MeasureAsync(OrphansCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var references = check.References is { } stated ? [Of(stated)] : await ReadForeignKeysAsync(look, check.Table, cancel);
        if (references.Count == 0)
        {
            return Measurement.Inconclusive($"{check.Table} has no foreign key; state the reference.");
        }

        var found = new FoundRows(0, []);
        foreach (var reference in references)
        {
            var rows = await look.RowsAsync(OrphanSql(check.Table, reference), cancel);
            found = new FoundRows(found.Count + rows.Count, [.. found.First, .. rows.First]);
        }

        return Measurement.Of(found);
    }

    // Rows with a null in the reference refer to nothing, as for a foreign key.
    private static string OrphanSql(string table, ReferenceRow reference)
    {
        var tableName = Names.Table(table);
        var childKeys = string.Join(", ", reference.Columns.Select(column => $"child.{Names.Column(column)}"));
        var presentSql = string.Join(" and ", reference.Columns.Select(column => $"child.{Names.Column(column)} is not null"));
        var meetsSql = string.Join(" and ", reference.Columns.Zip(reference.TableColumns, (mine, theirs) => $"parent.{Names.Column(theirs)} = child.{Names.Column(mine)}"));
        return $"""
            select {childKeys}
            from {tableName} child
            where {presentSql} and not exists (select from {reference.Table} parent where {meetsSql})
            """;
    }

    private static ReferenceRow Of(Reference stated) => new()
    {
        Columns = [.. stated.Columns],
        Table = Names.Table(stated.Table).ToString(),
        TableColumns = [.. stated.TableColumns],
    };

    private static async Task<IReadOnlyList<ReferenceRow>> ReadForeignKeysAsync(Look look, string table, CancellationToken cancel) =>
    [
        .. await look.QueryAsync<ReferenceRow>(
            """
            select
              c.confrelid::regclass::text as "table",
              (select array_agg(a.attname::text order by k.at) from unnest(c.conkey) with ordinality as k (number, at)
                join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.number) as columns,
              (select array_agg(a.attname::text order by k.at) from unnest(c.confkey) with ordinality as k (number, at)
                join pg_attribute a on a.attrelid = c.confrelid and a.attnum = k.number) as tablecolumns
            from pg_constraint c
            where c.contype = 'f' and c.conrelid = @Table::regclass
            order by c.conname
            """,
            new { Table = Names.Table(table).ToString() },
            cancel),
    ];

    private sealed record ReferenceRow
    {
        public required string[] Columns { get; init; }

        /// <summary>Quoted where it has to be.</summary>
        public required string Table { get; init; }

        public required string[] TableColumns { get; init; }
    }
}
