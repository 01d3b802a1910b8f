using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

/// <summary>Types that are regretted later, when changing them rewrites the table.</summary>
internal static class TypeRules
{
    public static LintRule SmallKey { get; } = new("primary-key-too-small", Severity.Warning, "A key of four bytes runs out")
    {
        Example = new("create table invoices (id integer primary key);", "create table invoices (id bigint primary key);"),
        Check = visit => from type in KeyTypes(visit)
                         where type.Name is "integer" or "smallint" or "serial" or "smallserial"
                         select new Offence(
                             $"After {(type.Name.StartsWith("small", StringComparison.Ordinal) ? "32,767" : "2,147,483,647")} rows no insert succeeds, and a larger type rewrites the table then.",
                             new("Use bigint; it costs four bytes a row.")),
    };

    public static LintRule Serial { get; } = new("serial-column", Severity.Notice, "A serial column owns a sequence that nobody granted")
    {
        Example = new("create table invoices (id bigserial primary key);", "create table invoices (id bigint generated always as identity primary key);"),
        Check = visit => Columns(visit, column => column.Type.IsSerial
            ? new($"{column.Name} works only for those who were granted its sequence too, and a copy of the table shares the sequence.", new("Use 'generated always as identity'."))
            : null),
    };

    public static LintRule Char { get; } = new("char-column", Severity.Notice, "char(n) pads with blanks")
    {
        Example = new("create table invoices (id bigint primary key, code char(8));", "create table invoices (id bigint primary key, code text);"),
        Check = visit => Columns(visit, column => column.Type.Name == "char"
            ? new($"{column.Name} stores blanks up to its length, which comparisons ignore and clients see; and another length rewrites the table.", new("Use text, with a check on the length if there is one."))
            : null),
    };

    public static LintRule Timestamp { get; } = new("timestamp-without-time-zone", Severity.Notice, "A time without a zone is not a moment")
    {
        Example = new("create table invoices (id bigint primary key, at timestamp);", "create table invoices (id bigint primary key, at timestamptz);"),
        Check = visit => Columns(visit, column => column.Type.Name is "timestamp" or "timetz"
            ? new($"What {column.Name} means depends on the session that reads it, and changing its type later rewrites the table.", new("Use timestamptz; it takes no more room."))
            : null),
    };

    public static LintRule Json { get; } = new("json-column", Severity.Notice, "json cannot be compared")
    {
        Example = new("create table invoices (id bigint primary key, payload json);", "create table invoices (id bigint primary key, payload jsonb);"),
        Check = visit => Columns(visit, column => column.Type.Name == "json"
            ? new($"{column.Name} has no equality: select distinct, union and the comparison of copies fail on it.", new("Use jsonb; keep json only where the exact text of the input matters."))
            : null),
    };

    public static LintRule Money { get; } = new("money-column", Severity.Notice, "money depends on the server's locale")
    {
        Example = new("create table invoices (id bigint primary key, amount money);", "create table invoices (id bigint primary key, amount numeric(14, 2));"),
        Check = visit => Columns(visit, column => column.Type.Name == "money"
            ? new($"The number of digits and the sign of {column.Name} come from lc_monetary; a copy to a server with another setting changes amounts.", new("Use numeric, and a column for the currency."))
            : null),
    };

    private static IEnumerable<Offence> Columns(Visit visit, Func<ColumnDefinition, Offence?> check) =>
        from column in Defined(visit.Statement)
        let offence = check(column.Column)
        where offence is not null
        select offence with { Relation = column.Table };

    private static IEnumerable<(SqlName Table, ColumnDefinition Column)> Defined(Statement statement) => statement switch
    {
        CreateTable { Temporary: false } table => table.Columns.Select(column => (table.Table, column)),
        AlterTable alter => alter.Actions.OfType<AddColumn>().Select(add => (alter.Table, add.Column)),
        _ => [],
    };

    private static IEnumerable<SqlType> KeyTypes(Visit visit) => visit.Statement switch
    {
        CreateTable { Temporary: false } table => table.Columns
            .Where(column => column.PrimaryKey || table.Constraints.Any(key => IsKeyOf(key, column.Name)))
            .Select(column => column.Type),
        AlterTable alter =>
        [
            .. alter.Actions.OfType<AddColumn>().Where(add => add.Column.PrimaryKey).Select(add => add.Column.Type),
            .. alter.Actions.OfType<AddConstraint>()
                .Where(add => add.Constraint is { Kind: ConstraintKind.PrimaryKey, Columns.Length: 1 })
                .Select(add => visit.Catalog.TypeOf(alter.Table, add.Constraint.Columns[0]))
                .OfType<SqlType>(),
        ],
        _ => [],
    };

    private static bool IsKeyOf(TableConstraint constraint, string column) =>
        constraint is { Kind: ConstraintKind.PrimaryKey, Columns: [var only] } && only == column;
}
