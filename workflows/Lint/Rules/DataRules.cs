using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class DataRules
{
    public static LintRule WholeTable { get; } = new("whole-table-change", Severity.Error, "All rows are changed in one transaction")
    {
        Example = new("update orders set reference = 'R' || id;", "update orders set reference = 'R1' where id = 1;"),
        Check = visit => from change in Changes(visit.Statement)
                         where change.Where is null || change.Where.IsConstant
                         where visit.IsInUse(change.Table)
                         select new Offence(
                             $"Every row of {change.Table} stays locked until all are done; a failure at the end starts over; and the dead rows stay until vacuum gets to them.",
                             new("It belongs in a backfill step, which goes by chunks with a checkpoint each: the same statement with 'where {range}'."))
                         { Relation = change.Table },
    };

    public static LintRule CopiedAtOnce { get; } = new("rows-copied-at-once", Severity.Notice, "Rows are copied in one statement")
    {
        Example = new(
            "create table orders_copy as select * from orders;",
            "create table orders_copy (like orders including all);"),
        Check = visit => visit.Statement switch
        {
            CreateTable { FromQuery: true, Temporary: false } table => [Copied($"Creating {table.Table} from a query has no checkpoint: a failure starts it over. The table has no keys, no defaults and no constraints.")],
            Insert { FromQuery: true } insert => [Copied($"Filling {insert.Table} by one query has no checkpoint: a failure starts it over, and the transaction holds back vacuum meanwhile.")],
            _ => [],
        },
    };

    public static LintRule CopyFromStdin { get; } = new("copy-from-stdin", Severity.Error, "Rows stand in a file of SQL")
    {
        Example = new("copy customers (id, email) from stdin;\n1001\tx@example.com\n\\.", "insert into customers (id, email) values (1001, 'x@example.com');")
        { Run = ExampleRun.NotAtAll },
        Check = visit => visit.Statement is Copy { Stdin: true } copy
            ? [new Offence(
                "Only psql reads rows behind the statement; to the server the rest of the file is no SQL.",
                new("Write the rows as insert statements, or load them by a copy step."))
            { Relation = copy.Table }]
            : [],
    };

    private static IEnumerable<(SqlName Table, Expression? Where)> Changes(Statement statement) => statement switch
    {
        Update update => [(update.Table, update.Where)],
        Delete delete => [(delete.Table, delete.Where)],
        WithStatement with => with.Inner.Append(with.Main).SelectMany(Changes),
        _ => [],
    };

    private static Offence Copied(string risk) => new(risk, new("Create the table with its keys, and fill it by a copy or backfill step, which goes by chunks."));
}
