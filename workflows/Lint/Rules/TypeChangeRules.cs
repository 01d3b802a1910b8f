using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class TypeChangeRules
{
    public static LintRule Rewrites { get; } = new("type-change-rewrites", Severity.Error, "Another type rewrites the table and its indexes")
    {
        Example = new(
            "alter table orders alter column quantity type bigint;",
            "alter table orders add column quantity_wide bigint;"),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let change = alteration.Action as AlterColumnType
            where change is not null && visit.EffectOn(alteration.Table, change) is { Work: TableWork.Rewrite }
            let old = visit.Catalog.TypeOf(alteration.Table, change.Column)
            select new Offence(
                old is null
                    ? $"Unless the old type of {change.Column} makes it harmless, all rows of {alteration.Table} are written anew while nobody can read or write it."
                    : $"From {old} to {change.Type} all rows of {alteration.Table} are written anew while nobody can read or write it.",
                new(
                    "Add a column of the new type, write both, backfill, move the readers, drop the old one in a later plan. "
                    + "Harmless are: a longer varchar, varchar to text, more digits before the point of a numeric, more fractional seconds."))
            {
                Relation = alteration.Table,
                Action = change,
                Severity = old is null && MayBeHarmless(change.Type) ? Severity.Warning : null,
            },
    };

    // What most columns that become one of these were before keeps their rows: varchar(n), numeric(p, s).
    private static bool MayBeHarmless(SqlType type) => type is { IsArray: false, Name: "text" or "varchar" or "numeric" or "varbit" };
}
