using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class NullRules
{
    public static LintRule SetNotNull { get; } = new("set-not-null-scans", Severity.Error, "Making a column required reads every row under an exclusive lock")
    {
        Example = new(
            ["alter table orders alter column placed_at set not null;"],
            [
                "alter table orders add constraint orders_placed_at_not_null check (placed_at is not null) not valid;",
                "alter table orders validate constraint orders_placed_at_not_null;",
                "alter table orders alter column placed_at set not null;",
                "alter table orders drop constraint orders_placed_at_not_null;",
            ]),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let column = Column(alteration.Action)
            where column is not null && !visit.Catalog.IsKnownNotNull(alteration.Table, column)
            select new Offence(
                $"All rows of {alteration.Table} are read while nobody can read or write it.",
                new(
                    "Prove it first by a check that is not valid and validated apart; PostgreSQL then takes the check's word.",
                    InSteps(alteration.Table, column)))
            { Relation = alteration.Table, Action = alteration.Action },
    };

    public static LintRule PrimaryKeyOverNullable { get; } = new("primary-key-over-nullable-columns", Severity.Warning, "A primary key makes its columns required, which reads every row")
    {
        Example = new(
            [
                "create unique index concurrently events_2026_pkey on events_2026 (id);",
                "alter table events_2026 add constraint events_2026_pkey primary key using index events_2026_pkey;",
            ],
            [
                "alter table events_2026 add constraint events_2026_id_not_null check (id is not null) not valid;",
                "alter table events_2026 validate constraint events_2026_id_not_null;",
                "alter table events_2026 alter column id set not null;",
                "create unique index concurrently events_2026_pkey on events_2026 (id);",
                "alter table events_2026 add constraint events_2026_pkey primary key using index events_2026_pkey;",
            ]),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let constraint = (alteration.Action as AddConstraint)?.Constraint
            where constraint is { Kind: ConstraintKind.PrimaryKey, UsingIndex: not null }
            where visit.EffectOn(alteration.Table, alteration.Action) is { Work: TableWork.Scan }
            select new Offence(
                $"Unless its columns are required already, all rows of {alteration.Table} are read while nobody can read or write it.",
                new("Make the columns required first, in steps (set-not-null-scans). If they are, allow this with that reason."))
            { Relation = alteration.Table, Action = alteration.Action },
    };

    public static LintRule DropNotNull { get; } = new("drop-not-null", Severity.Warning, "A column that was never empty may be from now on")
    {
        Example = new("alter table customers alter column email drop not null;", "alter table customers add column email_hint text;"),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let drop = alteration.Action as DropNotNull
            where drop is not null && !visit.Catalog.IsNewColumn(alteration.Table, drop.Column)
            select new Offence(
                $"Code that reads {alteration.Table}.{drop.Column} today was written for a value that is always there.",
                new("Change the readers first, and say so as the reason when you allow it."))
            { Relation = alteration.Table, Action = drop },
    };

    // From PostgreSQL 18 on, "add constraint ... not null column" says the same as "set not null".
    private static string? Column(AlterAction action) => action switch
    {
        Sql.Syntax.SetNotNull set => set.Column,
        AddConstraint { Constraint: { Kind: ConstraintKind.NotNull, NotValid: false, Columns: [var column] } } => column,
        _ => null,
    };

    private static ImmutableArray<string> InSteps(SqlName table, string column)
    {
        var name = Names.Join(table.Name, [column], "not_null");
        var quoted = SqlNames.Quote(column);
        return
        [
            $"alter table {table} add constraint {name} check ({quoted} is not null) not valid;",
            $"alter table {table} validate constraint {name};",
            $"alter table {table} alter column {quoted} set not null;",
            $"alter table {table} drop constraint {name};",
        ];
    }
}
