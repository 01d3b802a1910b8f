using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Reading;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class TransactionRules
{
    public static LintRule CannotRunInside { get; } = new("cannot-run-in-transaction", Severity.Error, "The server refuses the statement inside of a transaction")
    {
        Example = new(
            ["create table invoices (id bigint primary key);\ncreate index concurrently orders_placed_at on orders (placed_at);"],
            ["create table invoices (id bigint primary key);", "create index concurrently orders_placed_at on orders (placed_at);"])
        { Refusal = "25001" },
        Check = visit => visit.Statement.RunsAlone() && visit.Transaction.IsTransaction
            ? [new Offence(
                "A file with more than one statement runs in one transaction, and PostgreSQL refuses this statement there.",
                new("Move it into a file of its own.", [$"{visit.Text};"]))]
            : [],
    };

    public static LintRule Control { get; } = new("transaction-control", Severity.Error, "A file begins or ends transactions itself")
    {
        Example = new("begin;\ncreate table invoices (id bigint primary key);\ncommit;", "create table invoices (id bigint primary key);")
        { Run = ExampleRun.NotAtAll },
        Check = visit => visit.Statement is TransactionControl
            ? [new Offence(
                "The file and its line in the ledger are one transaction; a commit in the middle would leave a file that is half applied and not recorded.",
                new("Remove it. What must be committed apart belongs in a file of its own."))]
            : [],
    };

    public static LintRule WorkUnderLock { get; } = new("work-under-lock", Severity.Warning, "Rows are worked on while an earlier statement still locks a table")
    {
        Example = new(
            ["alter table orders add column channel text;\nupdate customers set country = 'ID' where country is null;"],
            ["alter table orders add column channel text;", "update customers set country = 'ID' where country is null;"]),
        Check = visit => !visit.Transaction.HasWorkedUnderLock && visit.WorksUnderLock is var (worked, held, by)
            ? [new Offence(
                $"The lock on {held.Relation.Name} ({held.Lock.Name()}, from line {by.Position(by.Start).Line}) is kept until the transaction ends: it blocks {held.Lock.Blocks()} for as long as this statement works.",
                new("Give each its own file, so that the lock is let go first.", [$"{by.Text};", $"{visit.Text};"]))
            { Relation = worked }]
            : [],
    };

    public static LintRule NotCombined { get; } = new("alters-not-combined", Severity.Warning, "A table is gone through twice where once would do")
    {
        Example = new(
            "alter table orders add column stars integer check (stars < 6);\nalter table orders add column points integer check (points > 0);",
            "alter table orders add column stars integer check (stars < 6), add column points integer check (points > 0);"),
        Check = visit => visit.Statement is AlterTable { Kind: ObjectKind.Table } alter && visit.IsInUse(alter.Table) && Earlier(visit, alter) is { } earlier
            ? [new Offence(
                $"PostgreSQL goes through all rows of {alter.Table} for each of these statements, under one lock that is kept for both.",
                new(
                    "One alter table with several actions does them in one pass.",
                    [$"{earlier.Text.TrimEnd()}, {Actions(visit.At)};"]))
            { Relation = alter.Table }]
            : [],
    };

    public static LintRule SeveralTables { get; } = new("locks-on-several-tables", Severity.Warning, "One transaction holds a table while it waits for another")
    {
        Example = new(
            ["alter table orders add column channel text;\nalter table customers add column channel text;"],
            ["alter table orders add column channel text;", "alter table customers add column channel text;"]),
        Check = visit => from effect in visit.Effects.All.Take(1)
                         where effect.Lock == LockLevel.AccessExclusive && visit.IsTableInUse(effect.Relation)
                         let held = visit.FirstHeld(LockLevel.AccessExclusive, except: effect.Relation)
                         where held is not null
                         select new Offence(
                             $"While this waits for {effect.Relation.Name}, nobody can read {held.Value.Held.Relation.Name}; and a session that takes the two the other way round ends in a deadlock.",
                             new("One table a file.", [$"{held.Value.By.Text};", $"{visit.Text};"]))
                         { Relation = effect.Relation },
    };

    private static PlanStatement? Earlier(Visit visit, AlterTable alter) =>
        visit.EffectOn(alter.Table) is { GoesThroughRowsAlone: true } effect ? visit.Transaction.WentThroughRows(effect.Relation) : null;

    private static string Actions(PlanStatement statement)
    {
        var cursor = new Cursor(statement.Source, statement.Tokens);
        cursor.Take("alter", "table");
        cursor.Take("if", "exists");
        cursor.TakeTable();
        return cursor.RestText;
    }
}
