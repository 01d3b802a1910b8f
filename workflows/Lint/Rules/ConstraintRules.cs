using System.Collections.Immutable;
using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class ConstraintRules
{
    public static LintRule ForeignKeyAtOnce { get; } = new("foreign-key-validated-at-once", Severity.Error, "A foreign key checks every row while nobody can write either table")
    {
        Example = new(
            ["alter table orders add constraint orders_customer_id_fkey foreign key (customer_id) references customers (id);"],
            [
                "alter table orders add constraint orders_customer_id_fkey foreign key (customer_id) references customers (id) not valid;",
                "alter table orders validate constraint orders_customer_id_fkey;",
            ]),
        Check = visit => Added(visit, ConstraintKind.ForeignKey, (table, constraint) => constraint is { NotValid: false, NotEnforced: false }
            ? new(
                $"Writes to {table} and to {constraint.References!.Table} wait until every row has been looked up.",
                new(
                    "Add it as not valid, which checks new rows only, and validate it in a file of its own, which lets writes go on."
                    + (visit.Settings.PostgresVersion < 18 ? " On a partitioned table add it to the partitions first: the parent takes no 'not valid' before PostgreSQL 18." : ""),
                    InTwo(table, constraint, "fkey")))
            : null),
    };

    public static LintRule CheckAtOnce { get; } = new("check-validated-at-once", Severity.Error, "A check reads every row under an exclusive lock")
    {
        Example = new(
            ["alter table orders add constraint orders_quantity_positive check (quantity > 0);"],
            [
                "alter table orders add constraint orders_quantity_positive check (quantity > 0) not valid;",
                "alter table orders validate constraint orders_quantity_positive;",
            ]),
        Check = visit => Added(visit, ConstraintKind.Check, (table, constraint) => constraint is { NotValid: false, NotEnforced: false }
            ? new(
                $"All rows of {table} are read while nobody can read or write it.",
                new("Add it as not valid, and validate it in a file of its own, which lets reads and writes go on.", InTwo(table, constraint, "check")))
            : null),
    };

    public static LintRule ValidatedWithAdd { get; } = new("validate-in-same-transaction", Severity.Error, "Validating under the lock that adding took gains nothing")
    {
        Example = new(
            ["alter table orders add constraint orders_quantity_positive check (quantity > 0) not valid;\nalter table orders validate constraint orders_quantity_positive;"],
            [
                "alter table orders add constraint orders_quantity_positive check (quantity > 0) not valid;",
                "alter table orders validate constraint orders_quantity_positive;",
            ]),
        Check = visit =>
            from alteration in visit.AlterationsInUse
            let validate = alteration.Action as ValidateConstraint
            where validate is not null
            let holder = Holder(visit, alteration.Table, validate.Name)
            where holder is not null
            select new Offence(
                holder == visit.At
                    ? $"Another action of the statement locks {alteration.Table} more strongly than validating needs, for as long as all its rows are read."
                    : $"The lock on {alteration.Table} from line {holder.Position(holder.Start).Line} is kept until the transaction ends, so the table is blocked while all its rows are read.",
                new("Validate in a file of its own.", holder == visit.At ? [] : [$"{holder.Text};", $"{visit.Text};"]))
            { Relation = alteration.Table },
    };

    public static LintRule BuildsIndex { get; } = new("constraint-builds-index", Severity.Error, "A key builds its index under an exclusive lock")
    {
        Example = new(
            ["alter table orders add constraint orders_reference_key unique (reference);"],
            [
                "create unique index concurrently orders_reference_key on orders (reference);",
                "alter table orders add constraint orders_reference_key unique using index orders_reference_key;",
            ]),
        Check = visit =>
        [
            .. Added(visit, ConstraintKind.Unique, (table, constraint) => Key(table, constraint, "unique", "key")),
            .. Added(visit, ConstraintKind.PrimaryKey, (table, constraint) => Key(table, constraint, "primary key", "pkey")),
        ],
    };

    public static LintRule Exclusion { get; } = new("exclusion-constraint", Severity.Error, "An exclusion constraint builds its index under an exclusive lock")
    {
        Example = new(
            "alter table orders add constraint orders_one_per_id exclude (id with =);",
            "create table bookings (id bigint primary key, slot bigint, exclude (slot with =));"),
        Check = visit => Added(visit, ConstraintKind.Exclude, (table, _) => new(
            $"Nobody can read or write {table} until the index is built, and PostgreSQL has no way to build it beforehand.",
            new("Create a new table with the constraint and move the rows by a copy step; or allow it for a table that you know is small."))),
    };

    public static LintRule LocksReferenced { get; } = new("foreign-key-locks-referenced-table", Severity.Notice, "A foreign key stops writes to the table it points to")
    {
        Example = new(
            "create table invoices (id bigint primary key, order_id bigint references orders (id));\ncreate index invoices_order_id on invoices (order_id);",
            "create table invoices (id bigint primary key, order_id bigint);\ncreate index invoices_order_id on invoices (order_id);"),
        Check = visit => from target in Targets(visit).DistinctBy(visit.Catalog.Resolve)
                         where visit.IsInUse(target) && !visit.Transaction.Holds(visit.Catalog.Resolve(target))
                         select new Offence(
                             $"Writes to {target} wait from here to the end of the transaction, and this waits for every transaction that has written to it.",
                             new("It is a moment if nothing slow stands in the same file. Keep the file short."))
                         { Relation = target },
    };

    public static LintRule DomainScans { get; } = new("domain-constraint-scans", Severity.Warning, "A domain's constraint is checked in every table that uses it")
    {
        Example = new(
            ["alter domain email_address add constraint has_at check (value like '%@%');"],
            [
                "alter domain email_address add constraint has_at check (value like '%@%') not valid;",
                "alter domain email_address validate constraint has_at;",
            ]),
        Check = visit => visit.Statement is AlterDomain { Change: DomainChange.AddConstraint or DomainChange.SetNotNull } change
            && !visit.Catalog.HasCreated(ObjectKind.Domain, change.Domain)
            ? [new Offence(
                "Writes to each table with a column of the domain wait while all its rows are read.",
                change.Change == DomainChange.AddConstraint
                    ? new("Add it as not valid, and validate it in a file of its own.", [$"{visit.Text} not valid;"])
                    : new SaferForm("Add 'check (value is not null) not valid' instead, and validate it in a file of its own."))]
            : [],
    };

    /// <summary>Who keeps writers out of the table while the constraint is validated: an earlier statement, or this one by another of its actions.</summary>
    private static PlanStatement? Holder(Visit visit, SqlName table, string constraint)
    {
        var resolved = visit.Catalog.Resolve(table);
        return visit.Transaction.AdderOf(resolved, constraint)
            ?? visit.Transaction.Held.Where(held => held.Effect.Relation == resolved && held.Effect.Lock.BlocksWrites()).Select(held => held.By).FirstOrDefault()
            ?? (visit.EffectOn(table) is { } effect && effect.Lock.BlocksWrites() ? visit.At : null);
    }

    private static IEnumerable<Offence> Added(Visit visit, ConstraintKind kind, Func<SqlName, TableConstraint, Offence?> check) =>
        from alteration in visit.AlterationsInUse
        let added = alteration.Action as AddConstraint
        where added?.Constraint.Kind == kind
        let offence = check(alteration.Table, added.Constraint)
        where offence is not null
        select offence with { Relation = alteration.Table, Action = added };

    private static ImmutableArray<string> InTwo(SqlName table, TableConstraint constraint, string suffix)
    {
        var name = constraint.Name is { } given ? SqlNames.Quote(given) : Names.Join(table.Name, constraint.Columns, suffix);
        var definition = constraint.Name is null ? $"constraint {name} {constraint.Text}" : constraint.Text;
        return [$"alter table {table} add {definition} not valid;", $"alter table {table} validate constraint {name};"];
    }

    private static Offence? Key(SqlName table, TableConstraint constraint, string kind, string suffix)
    {
        if (constraint.UsingIndex is not null)
        {
            return null;
        }

        var name = constraint.Name is { } given ? SqlNames.Quote(given) : Names.Join(table.Name, kind == "unique" ? constraint.Columns : [], suffix);
        const string Advice = "Build the unique index concurrently first, then make it the constraint.";
        return new(
            $"Nobody can read or write {table} until the index is built.",
            // What follows the columns (deferrable, include, nulls not distinct) belongs partly to the index: left to the author.
            constraint.HasAttributes ? new(Advice) : new(
                Advice,
                [
                    $"create unique index concurrently {name} on {table} ({string.Join(", ", constraint.Columns.Select(SqlNames.Quote))});",
                    $"alter table {table} add constraint {name} {kind} using index {name};",
                ]));
    }

    private static IEnumerable<SqlName> Targets(Visit visit) => visit.Statement switch
    {
        CreateTable table =>
            [.. table.Columns.Select(column => column.References?.Table).OfType<SqlName>(), .. table.Constraints.Select(constraint => constraint.References?.Table).OfType<SqlName>()],
        // A foreign key of a table in use has a rule of its own.
        AlterTable alter when !visit.IsInUse(alter.Table) => alter.Actions.OfType<AddConstraint>().Select(add => add.Constraint.References?.Table).OfType<SqlName>(),
        AlterTable alter => alter.Actions.OfType<AddColumn>().Where(add => !add.Column.HasDefault).Select(add => add.Column.References?.Table).OfType<SqlName>(),
        _ => [],
    };
}
