using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

/// <summary>Columns that are added to a table which has rows.</summary>
internal static class ColumnRules
{
    public static LintRule NotNullWithoutDefault { get; } = new("column-not-null-without-default", Severity.Error, "A required column is added to a table that has rows")
    {
        Example = new(
            "alter table orders add column channel text not null;",
            "alter table orders add column channel text not null default 'web';")
        { Refusal = "23502" },
        Check = visit => Added(visit, (table, column) => column is { NotNull: true, PrimaryKey: false, HasDefault: false }
            ? new(
                "It fails as soon as the table has one row; and code that runs now does not fill the column.",
                new(
                    "Add it without the constraint, let the application write it, backfill, then make it required in steps (set-not-null-scans); or give it a constant default.",
                    [$"alter table {table} add column {Plain(column)};"]))
            : null),
    };

    public static LintRule VolatileDefault { get; } = new("column-volatile-default", Severity.Error, "A default that differs from row to row rewrites the table")
    {
        Example = new(
            "alter table orders add column token uuid default gen_random_uuid();",
            "alter table orders add column token uuid;\nalter table orders alter column token set default gen_random_uuid();")
        { Since = 13 },
        Check = visit => Added(visit, (table, column) => Volatility.Culprit(column.Default) is { } culprit
            ? new(
                $"{culprit}() is volatile, or not known to be anything else: every row is written anew while nobody can read or write {table}.",
                new(
                    "Add the column without the default, set the default for new rows, and backfill the old ones.",
                    [$"alter table {table} add column {Plain(column)};\nalter table {table} alter column {SqlNames.Quote(column.Name)} set default {column.Default!.Text};"]))
            : null),
    };

    public static LintRule StoredGenerated { get; } = new("column-stored-generated", Severity.Error, "A stored generated column rewrites the table")
    {
        Example = new(
            "alter table orders add column net numeric generated always as (total / 1.1) stored;",
            "alter table orders add column net numeric;"),
        Check = visit => Added(visit, (table, column) => IsStored(column, visit.Settings.PostgresVersion)
            ? new(
                $"The value is computed and written for every row while nobody can read or write {table}.",
                visit.Settings.PostgresVersion >= 18 && column.Generation == Generation.Stored
                    ? new("PostgreSQL 18 can compute it when it is read, and stores nothing.", [visit.Rewritten("stored", "virtual")])
                    : new("Add a plain column, fill it for new rows by the application or a trigger, and backfill the old ones.", [$"alter table {table} add column {Plain(column)};"]))
            : null),
    };

    public static LintRule AutoNumbered { get; } = new("column-auto-numbered", Severity.Error, "Numbering the rows that are there rewrites the table")
    {
        Example = new(
            "alter table orders add column number bigint generated always as identity;",
            """
            alter table orders add column number bigint;
            create sequence orders_number_seq owned by orders.number;
            alter table orders alter column number set default nextval('orders_number_seq');
            """),
        Check = visit => Added(visit, (table, column) => column.Generation == Generation.Identity || column.Type.IsSerial
            ? new(
                $"Each row gets a number and is written anew while nobody can read or write {table}.",
                new("Add a plain column, number new rows by a sequence of its own, and backfill the old ones from the same sequence.", [Numbered(table, column)]))
            : null),
    };

    public static LintRule WithKey { get; } = new("column-with-key", Severity.Error, "A key that comes with its column builds its index under the lock")
    {
        Example = new(
            ["alter table orders add column invoice bigint unique;"],
            [
                "alter table orders add column invoice bigint;",
                "create unique index concurrently orders_invoice_key on orders (invoice);",
                "alter table orders add constraint orders_invoice_key unique using index orders_invoice_key;",
            ]),
        Check = visit => Added(visit, (table, column) => column.Unique || column.PrimaryKey
            ? new(
                $"Nobody can read or write {table} until the index is built.",
                new("Add the column, build the index concurrently, then make it the constraint.", WithIndex(table, column)))
            : null),
    };

    public static LintRule WithCheck { get; } = new("column-with-check", Severity.Warning, "A check that comes with its column reads every row under the lock")
    {
        Example = new(
            ["alter table orders add column rating integer check (rating between 1 and 5);"],
            [
                "alter table orders add column rating integer;\nalter table orders add constraint orders_rating_check check (rating between 1 and 5) not valid;",
                "alter table orders validate constraint orders_rating_check;",
            ]),
        Check = visit => Added(visit, (table, column) => column.Check is { } check
            ? new(
                $"Every row is read while nobody can read or write {table}.",
                new("Add the check as not valid, and validate it in a file of its own.", WithConstraint(table, column, $"check ({check.Text})", "check")))
            : null),
    };

    public static LintRule WithForeignKey { get; } = new("column-with-foreign-key", Severity.Warning, "A foreign key that comes with its column is checked under the lock")
    {
        Example = new(
            ["alter table orders add column payer_id bigint default 1 references customers (id);"],
            [
                "alter table orders add column payer_id bigint default 1;\nalter table orders add constraint orders_payer_id_fkey foreign key (payer_id) references customers (id) not valid;",
                "alter table orders validate constraint orders_payer_id_fkey;",
            ]),
        Check = visit => Added(visit, (table, column) => column is { References: { } target, HasDefault: true }
            ? new(
                $"The default is looked up in {target.Table} for every row, while nobody can read or write {table} and nobody can write {target.Table}.",
                new("Add the foreign key as not valid, and validate it in a file of its own.", WithConstraint(table, column, ForeignKey(column, target), "fkey")))
            : null),
    };

    /// <summary>The column with its type and nothing else; what it is to become comes in later steps.</summary>
    private static string Plain(ColumnDefinition column) => $"{SqlNames.Quote(column.Name)} {PlainType(column.Type)}";

    private static string PlainType(SqlType type) => type.Name switch
    {
        "smallserial" => "smallint",
        "serial" => "integer",
        "bigserial" => "bigint",
        _ => type.ToString(),
    };

    private static IEnumerable<Offence> Added(Visit visit, Func<SqlName, ColumnDefinition, Offence?> check) =>
        from alteration in visit.AlterationsInUse
        let added = alteration.Action as AddColumn
        where added is not null
        let offence = check(alteration.Table, added.Column)
        where offence is not null
        select offence with { Relation = alteration.Table, Action = added };

    private static bool IsStored(ColumnDefinition column, int version) =>
        column.Generation == Generation.Stored || (column.Generation == Generation.Unsaid && version < 18);

    private static string Numbered(SqlName table, ColumnDefinition column)
    {
        var name = SqlNames.Quote(column.Name);
        var sequence = table with { Name = Names.Join(table.Name, [column.Name], "seq").Trim('"') };
        return $"""
            alter table {table} add column {Plain(column)};
            create sequence {sequence} owned by {table}.{name};
            alter table {table} alter column {name} set default nextval({TextLiteral.Quote(sequence.ToString())});
            """;
    }

    private static ImmutableArray<string> WithIndex(SqlName table, ColumnDefinition column)
    {
        var index = Names.Join(table.Name, [column.Name], column.PrimaryKey ? "pkey" : "key");
        return
        [
            $"alter table {table} add column {Plain(column)};",
            $"create unique index concurrently {index} on {table} ({SqlNames.Quote(column.Name)});",
            $"alter table {table} add constraint {index} {(column.PrimaryKey ? "primary key" : "unique")} using index {index};",
        ];
    }

    private static ImmutableArray<string> WithConstraint(SqlName table, ColumnDefinition column, string constraint, string suffix)
    {
        var name = Names.Join(table.Name, [column.Name], suffix);
        var withDefault = column.Default is { } value ? $" default {value.Text}" : "";
        return
        [
            $"alter table {table} add column {Plain(column)}{withDefault};\nalter table {table} add constraint {name} {constraint} not valid;",
            $"alter table {table} validate constraint {name};",
        ];
    }

    private static string ForeignKey(ColumnDefinition column, ForeignTarget target) =>
        $"foreign key ({SqlNames.Quote(column.Name)}) references {target.Table}"
        + (target.Columns.IsEmpty ? "" : $" ({string.Join(", ", target.Columns.Select(SqlNames.Quote))})");
}
