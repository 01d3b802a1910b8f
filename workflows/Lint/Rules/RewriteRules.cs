using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class RewriteRules
{
    public static LintRule Relocated { get; } = new("table-moved", Severity.Error, "A table is copied to other files under an exclusive lock")
    {
        Example = new("alter table orders set unlogged;", "alter table orders set (fillfactor = 90);"),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let move = alteration.Action as Relocate
            where move is not null
            select new Offence(
                $"All rows of {alteration.Table} are copied while nobody can read or write it."
                + (move.Kind == RelocateKind.Unlogged ? " And an unlogged table is empty after a crash, and always empty on replicas." : ""),
                new("Create a new table where and how it should be, and move the rows by a copy step."))
            { Relation = alteration.Table, Action = move },
    };

    public static LintRule GeneratedChanged { get; } = new("generated-column-changed", Severity.Warning, "A column stops being filled by the server, or is filled otherwise")
    {
        Example = new(
            "alter table orders alter column gross drop expression;",
            "alter table orders add column doubled numeric;")
        { Since = 13 },
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let column = Column(alteration.Action)
            where column is not null
            select new Offence(
                alteration.Action is SetExpression
                    ? $"All rows of {alteration.Table} are computed and written anew while nobody can read or write it."
                    : $"Code that leaves {column} out, because the server fills it, writes nulls or fails from now on.",
                new("Add a column beside it, fill it by the new rule, and move the readers and writers."))
            { Relation = alteration.Table, Action = alteration.Action },
    };

    public static LintRule Compacted { get; } = new("vacuum-full-or-cluster", Severity.Error, "A table is written anew under an exclusive lock")
    {
        Example = new("cluster orders using orders_pkey;", "alter table orders set (autovacuum_vacuum_scale_factor = 0.02);"),
        Check = visit => visit.Statement switch
        {
            Vacuum { Full: true } vacuum => vacuum.Tables.IsEmpty
                ? [Compaction("every table of the database")]
                : vacuum.Tables.Where(visit.IsInUse).Select(table => Compaction(table.ToString()) with { Relation = table }),
            Cluster { Table: null } => [Compaction("every table that was clustered before")],
            Cluster { Table: { } table } when visit.IsInUse(table) => [Compaction(table.ToString()) with { Relation = table }],
            _ => [],
        },
    };

    public static LintRule Refreshed { get; } = new("refresh-without-concurrently", Severity.Warning, "Nobody can read a materialized view while it is filled")
    {
        Example = new("refresh materialized view order_totals;", "refresh materialized view concurrently order_totals;"),
        Check = visit => visit.Statement is RefreshView { Concurrently: false } refresh && visit.IsInUse(refresh.View)
            ? [new Offence(
                $"Queries on {refresh.View} wait until it is filled.",
                new(
                    "Refresh it concurrently; that needs a unique index on plain columns of the view.",
                    [visit.Rewritten("materialized view", "materialized view concurrently")]))
            { Relation = refresh.View }]
            : [],
    };

    private static string? Column(AlterAction action) => action switch
    {
        SetExpression set => set.Column,
        DropExpression drop => drop.Column,
        DropIdentity drop => drop.Column,
        _ => null,
    };

    private static Offence Compaction(string what) => new(
        $"Nobody can read or write {what} until it is copied, and the copy needs as much room again.",
        new("Plain vacuum makes the room usable again without a lock that matters; pg_repack or pg_squeeze give it back while the table is in use."));
}
