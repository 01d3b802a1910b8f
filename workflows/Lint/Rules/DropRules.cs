using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

/// <summary>What takes something away that was there before the plan. What the plan itself has made may go.</summary>
internal static class DropRules
{
    private const string Later = "Stop using it first, prove that nothing does, and drop it in a later plan that says so as the reason.";

    public static LintRule Table { get; } = new("drop-table", Severity.Error, "A table is dropped with its rows")
    {
        Example = new("drop table events_2026;", "create table events_2027 (like events_2026 including all);"),
        Check = visit => Dropped(visit, ObjectKind.Table, name => new(
            $"The rows of {name} are gone for good: no undo can bring them back.",
            new(Later))),
    };

    public static LintRule Column { get; } = new("drop-column", Severity.Error, "A column is dropped with its values")
    {
        Example = new("alter table orders drop column legacy_code;", "alter table orders alter column legacy_code set statistics 0;"),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let drop = alteration.Action as DropColumn
            where drop is not null && !visit.Catalog.IsNewColumn(alteration.Table, drop.Column)
            select new Offence(
                $"Queries that name {drop.Column} fail at once, and its values are gone for good.",
                new(Later))
            { Relation = alteration.Table, Action = drop },
    };

    public static LintRule Constraint { get; } = new("drop-constraint", Severity.Warning, "A promise about the rows is taken back")
    {
        Example = new("alter table orders drop constraint orders_total_positive;", "alter table orders validate constraint orders_total_positive;"),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let drop = alteration.Action as DropConstraint
            where drop is not null && !visit.Catalog.IsNewConstraint(alteration.Table, drop.Name)
            select new Offence(
                $"From now on rows may break {drop.Name}, and those that do stand in the way of bringing it back.",
                new("Add the constraint that replaces it first, as not valid, and validate it; drop the old one after that."))
            { Relation = alteration.Table, Action = drop },
    };

    public static LintRule Default { get; } = new("drop-default", Severity.Warning, "A column is no longer filled for those who leave it out")
    {
        Example = new("alter table customers alter column country drop default;", "alter table customers alter column country set default 'SG';"),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let drop = alteration.Action as DropDefault
            where drop is not null && !visit.Catalog.IsNewColumn(alteration.Table, drop.Column)
            select new Offence(
                $"Inserts that leave {drop.Column} out write a null, or fail if it is required.",
                new("Make every writer name the column first."))
            { Relation = alteration.Table, Action = drop },
    };

    public static LintRule Whole { get; } = new("drop-schema-or-database", Severity.Error, "Everything in a schema or a database is dropped")
    {
        Example = new("drop schema attic;", "create schema cellar;"),
        Check = visit => visit.Statement is DropObjects { Kind: ObjectKind.Schema or ObjectKind.Database or ObjectKind.Owned } drop
            ? from name in drop.Names
              where !visit.Catalog.HasCreated(drop.Kind, name)
              select new Offence($"What is in {name} cannot be brought back by any undo.", new(Later))
            : [],
    };

    public static LintRule Other { get; } = new("drop-object", Severity.Warning, "Something that queries may use is dropped")
    {
        Example = new("drop view open_orders;", "create view paid_orders as select id, total from orders where status = 'paid';"),
        Check = visit => visit.Statement switch
        {
            DropObjects { Kind: ObjectKind.View or ObjectKind.MaterializedView or ObjectKind.Sequence or ObjectKind.ForeignTable } drop =>
                Dropped(visit, drop.Kind, name => Lost(drop.Kind, name.ToString())),
            DropObjects { Kind: ObjectKind.Type or ObjectKind.Domain or ObjectKind.Function or ObjectKind.Procedure or ObjectKind.Aggregate or ObjectKind.Extension } drop =>
                from name in drop.Names
                where !visit.Catalog.HasCreated(drop.Kind, name)
                select Lost(drop.Kind, name.ToString()),
            DropFromTable drop when visit.IsInUse(drop.Table) && !visit.Catalog.HasCreatedOnTable(drop.Kind, drop.Name, drop.Table) =>
                [Lost(drop.Kind, $"{drop.Name} on {drop.Table}") with { Relation = drop.Table }],
            _ => [],
        },
    };

    public static LintRule Cascade { get; } = new("drop-cascade", Severity.Warning, "What is dropped takes along what nobody named")
    {
        Example = new("drop materialized view order_totals cascade;", "drop materialized view order_totals restrict;"),
        Check = visit => Cascades(visit.Statement)
            ? [new Offence(
                "Views, constraints, defaults and functions that depend on it go too, those of other teams included, and none is named here.",
                new("Leave cascade out: the server then lists what depends on it. Drop those by name, so that the undo can bring them back by name."))]
            : [],
    };

    public static LintRule Truncated { get; } = new("truncate", Severity.Error, "All rows of a table are gone at once")
    {
        Example = new("truncate events_2026;", "create table invoices (id bigint primary key);\ntruncate invoices;"),
        Check = visit => visit.Statement is Truncate truncate
            ? from table in truncate.Tables
              where visit.IsInUse(table)
              select new Offence(
                  $"The rows of {table} are gone for good, and nobody can read or write it until the transaction ends.",
                  new("Delete in chunks with a condition, in a backfill step that can be stopped; or drop a partition that a copy step has saved."))
              { Relation = table }
            : [],
    };

    public static LintRule Revoked { get; } = new("privilege-revoked", Severity.Warning, "Somebody loses access")
    {
        Example = new("revoke select on orders from public;", "grant select on orders to public;"),
        Check = visit => visit.Statement is Revoke revoke
            ? [new Offence(
                "Sessions that work now fail at their next statement.",
                new("Read who has used the privilege (pg_stat_statements, the log), grant what they need under another role first, then revoke in a later plan."))
            { Relation = revoke.Table }]
            : [],
    };

    public static LintRule RowSecurity { get; } = new("row-security-changed", Severity.Warning, "Who sees which rows changes at once")
    {
        Example = new("alter table orders enable row level security;", "create policy everyone on orders using (true);"),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let security = alteration.Action as SetRowSecurity
            where security is not null
            select new Offence(
                security.Enabled
                    ? $"Without a policy that lets them, everyone but the owner sees no row of {alteration.Table}, and gets no error."
                    : $"Everyone with select on {alteration.Table} sees every row of it.",
                new("Create the policies in the same file, before this, and check as each role what it sees."))
            { Relation = alteration.Table, Action = security },
    };

    private static IEnumerable<Offence> Dropped(Visit visit, ObjectKind kind, Func<Sql.SqlName, Offence> offence) =>
        visit.Statement is DropObjects drop && drop.Kind == kind
            ? from name in drop.Names
              where visit.IsInUse(name) && !visit.Catalog.HasCreated(kind, name)
              select offence(name) with { Relation = name }
            : [];

    private static Offence Lost(ObjectKind kind, string name) =>
        new($"Queries, functions and sessions that use the {kind.ToString().ToLowerInvariant()} {name} fail from now on.", new(Later));

    private static bool Cascades(Statement statement) => statement switch
    {
        DropObjects { Cascade: true } or DropFromTable { Cascade: true } or Truncate { Cascade: true } => true,
        AlterTable alter => alter.Actions.Any(action => action is DropColumn { Cascade: true } or DropConstraint { Cascade: true }),
        _ => false,
    };
}
