using System.Text;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

/// <summary>What a new table should have from its first day.</summary>
internal static class ShapeRules
{
    private const int LongestName = 63;

    public static LintRule NoPrimaryKey { get; } = new("table-without-primary-key", Severity.Warning, "A table whose rows nobody can name")
    {
        Example = new("create table invoices (id bigint, note text);", "create table invoices (id bigint primary key, note text);"),
        Check = visit => visit.Statement is CreateTable { Temporary: false, PartitionOf: null, Like: false, OfType: false, Parents.IsEmpty: true } table
            && !table.Columns.Any(column => column.PrimaryKey)
            && !table.Constraints.Any(constraint => constraint.Kind == ConstraintKind.PrimaryKey)
            && !GetsKeyLater(visit, table.Table)
            ? [new Offence(
                $"Backfill and copy go by key, logical replication refuses updates without one, and double rows in {table.Table} cannot be told apart.",
                new("Give it a primary key; a generated one if nothing else is unique."))
            { Relation = table.Table }]
            : [],
    };

    public static LintRule UnindexedForeignKey { get; } = new("foreign-key-without-index", Severity.Notice, "Each delete in the other table reads this one from end to end")
    {
        Example = new(
            ["create table accounts (id bigint primary key);", "create table invoices (id bigint primary key, account_id bigint references accounts (id));"],
            [
                "create table accounts (id bigint primary key);",
                "create table invoices (id bigint primary key, account_id bigint references accounts (id));\ncreate index invoices_account_id on invoices (account_id);",
            ]),
        Check = visit => from key in ForeignKeys(visit.Statement)
                         where key.Columns.All(column => visit.Catalog.IsNewColumn(key.Table, column) || visit.Statement is CreateTable or AlterTable { Actions: [AddColumn, ..] })
                         where !visit.Plan.Statements.Any(statement => Covers(visit, statement.Statement, key))
                         select new Offence(
                             $"Deleting or renumbering one row of {key.Target} looks through all of {key.Table} for {string.Join(", ", key.Columns)}.",
                             new("Create an index on the referencing columns.", [$"{visit.Text};\ncreate index {Names.Join(key.Table.Name, key.Columns, "idx")} on {key.Table} ({string.Join(", ", key.Columns.Select(SqlNames.Quote))});"]))
                         { Relation = key.Table },
    };

    public static LintRule LongName { get; } = new("identifier-too-long", Severity.Warning, "A name is cut without a word")
    {
        Example = new(
            "create table invoices (id bigint primary key, the_day_on_which_the_invoice_was_sent_to_the_customer_for_the_first_time date);",
            "create table invoices (id bigint primary key, first_sent_on date);"),
        Check = visit => from token in visit.At.Tokens
                         where token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName && token.Length > LongestName / 4
                         let name = SqlName.PartOf(token.Kind, visit.At.Source.TextOf(token))
                         where name is not null && Encoding.UTF8.GetByteCount(name) > LongestName
                         select new Offence(
                             $"PostgreSQL keeps the first {LongestName} bytes of {name}; two names that differ after that are one.",
                             new("Choose a shorter name."))
                         { Offset = token.Start },
    };

    private sealed record Key(SqlName Table, IReadOnlyList<string> Columns, SqlName Target);

    private static IEnumerable<Key> ForeignKeys(Statement statement) => statement switch
    {
        CreateTable table =>
        [
            .. table.Columns.Where(column => column is { References: not null, Unique: false, PrimaryKey: false })
                .Select(column => new Key(table.Table, [column.Name], column.References!.Table)),
            .. table.Constraints.Where(constraint => constraint.References is not null)
                .Select(constraint => new Key(table.Table, constraint.Columns, constraint.References!.Table)),
        ],
        AlterTable alter =>
        [
            .. alter.Actions.OfType<AddColumn>().Where(add => add.Column.References is not null)
                .Select(add => new Key(alter.Table, [add.Column.Name], add.Column.References!.Table)),
            .. alter.Actions.OfType<AddConstraint>().Where(add => add.Constraint.References is not null)
                .Select(add => new Key(alter.Table, add.Constraint.Columns, add.Constraint.References!.Table)),
        ],
        _ => [],
    };

    // Any order of the columns serves, as long as nothing stands before them.
    private static bool Covers(Visit visit, Statement statement, Key key)
    {
        var leading = statement switch
        {
            CreateIndex { Partial: false } index when Same(visit, index.Table, key.Table) => [index.LeadingColumns],
            CreateTable table when Same(visit, table.Table, key.Table) =>
                [
                    .. table.Constraints.Where(IsKey).Select(constraint => (IReadOnlyList<string>)constraint.Columns),
                    .. table.Columns.Where(column => column.PrimaryKey || column.Unique).Select(column => (IReadOnlyList<string>)[column.Name]),
                ],
            AlterTable alter when Same(visit, alter.Table, key.Table) =>
                [.. alter.Actions.OfType<AddConstraint>().Select(add => add.Constraint).Where(IsKey).Select(constraint => (IReadOnlyList<string>)constraint.Columns)],
            _ => (IReadOnlyList<IReadOnlyList<string>>)[],
        };
        return leading.Any(columns => columns.Take(key.Columns.Count).ToHashSet().SetEquals(key.Columns));
    }

    private static bool IsKey(TableConstraint constraint) => constraint.Kind is ConstraintKind.PrimaryKey or ConstraintKind.Unique;

    private static bool Same(Visit visit, SqlName one, SqlName other) => visit.Catalog.Resolve(one) == visit.Catalog.Resolve(other);

    private static bool GetsKeyLater(Visit visit, SqlName table) =>
        visit.Plan.Statements.Any(statement => statement.Statement is AlterTable alter
            && Same(visit, alter.Table, table)
            && alter.Actions.Any(action => action is AddConstraint { Constraint.Kind: ConstraintKind.PrimaryKey } or AddColumn { Column.PrimaryKey: true }));
}
