using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

/// <summary>A rename is a drop and a create in one: code that runs now uses the old name.</summary>
internal static class RenameRules
{
    public static LintRule Table { get; } = new("rename-table", Severity.Error, "A table takes another name under those who use it")
    {
        Example = new(
            "alter table events_2026 rename to events_new;",
            "alter table events_2026 rename to events_new;\ncreate view events_2026 as select * from events_new;"),
        Check = visit =>
            from alteration in visit.Alterations
            let newName = NewName(alteration.Table, alteration.Action)
            where newName is not null && visit.IsInUse(alteration.Table.Table)
            where alteration.Table.Kind is ObjectKind.Table or ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.ForeignTable
            where !IsReplacedByView(visit, alteration.Table.Table)
            select new Offence(
                $"Every query that says {alteration.Table.Table} fails from this moment, and again after a rollback for those that have learnt the new name.",
                new(
                    "Leave a view of the old name in the same file: simple views take writes too. Drop it in a later plan.",
                    [$"{visit.Text};\ncreate view {alteration.Table.Table} as select * from {newName};"]))
            { Relation = alteration.Table.Table },
    };

    public static LintRule Column { get; } = new("rename-column", Severity.Error, "A column takes another name under those who use it")
    {
        Example = new("alter table orders rename column legacy_code to code;", "alter table orders add column code text;"),
        Check = visit =>
            from alteration in visit.Alterations
            let rename = alteration.Action as RenameColumn
            where rename is not null && visit.IsInUse(alteration.Table.Table) && !visit.Catalog.IsNewColumn(alteration.Table.Table, rename.Column)
            where rename.Column != rename.NewName
            select new Offence(
                $"Every query that says {rename.Column} fails from this moment.",
                new($"Add {rename.NewName}, write both, backfill, move the readers, and drop {rename.Column} in a later plan."))
            { Relation = alteration.Table.Table, Action = rename },
    };

    public static LintRule Label { get; } = new("rename-enum-value", Severity.Error, "A label takes another name under those who use it")
    {
        Example = new("alter type order_status rename value 'paid' to 'settled';", "alter type order_status add value 'settled' after 'paid';"),
        Check = visit => visit.Statement is RenameEnumValue rename && !visit.Catalog.HasCreated(ObjectKind.Type, rename.Type)
            ? [new Offence(
                $"Code that writes or compares {TextLiteral.Quote(rename.Label)} fails from this moment.",
                new($"Add {TextLiteral.Quote(rename.NewLabel)} beside it, move the code, then backfill the rows."))]
            : [],
    };

    public static LintRule Other { get; } = new("rename-object", Severity.Warning, "Something that queries may use takes another name")
    {
        Example = new("alter sequence invoice_numbers rename to invoice_ids;", "create sequence invoice_ids;"),
        Check = visit => visit.Statement switch
        {
            RenameObject rename when !visit.Catalog.HasCreated(rename.Kind, rename.Name) => [Renamed(rename.Kind, rename.Name)],
            MoveObject move when !visit.Catalog.HasCreated(move.Kind, move.Name) => [Renamed(move.Kind, move.Name)],
            AlterTable { Kind: ObjectKind.Sequence } alter when visit.IsInUse(alter.Table) && alter.Actions.Any(action => action is RenameTable or SetSchema) =>
                [Renamed(alter.Kind, alter.Table) with { Relation = alter.Table }],
            AlterAttribute attribute when !visit.Catalog.HasCreated(ObjectKind.Type, attribute.Type) => [Renamed(ObjectKind.Type, attribute.Type)],
            _ => [],
        },
    };

    private static string? NewName(AlterTable alter, AlterAction action) => action switch
    {
        RenameTable rename => (alter.Table with { Name = rename.NewName }).ToString(),
        SetSchema move => (alter.Table with { Schema = move.Schema }).ToString(),
        _ => null,
    };

    private static bool IsReplacedByView(Visit visit, SqlName table) =>
        visit.Plan.Statements.Any(statement =>
            statement.FileIndex == visit.At.FileIndex
            && statement.Statement is CreateView { Materialized: false } view
            && visit.Catalog.Resolve(view.View) == visit.Catalog.Resolve(table));

    private static Offence Renamed(ObjectKind kind, SqlName name) => new(
        $"Queries and functions that use the {kind.ToString().ToLowerInvariant()} {name} by its name or shape fail from this moment.",
        new("Create the new one beside it, move its users, and drop the old one in a later plan."));
}
