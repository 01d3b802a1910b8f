using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint.Rules;

internal static class IndexRules
{
    public static LintRule WithoutConcurrently { get; } = new("index-without-concurrently", Severity.Error, "An index is built while nobody can write")
    {
        Example = new(
            "create index orders_placed_at on orders (placed_at);",
            "create index concurrently orders_placed_at on orders (placed_at);"),
        Check = visit => visit.Statement is CreateIndex { Concurrently: false } index && visit.IsInUse(index.Table)
            ? [new Offence(
                $"Every insert, update and delete on {index.Table} waits until the index is built.",
                new("Build it concurrently, in a file of its own: that takes longer and lets writes go on.", [visit.Rewritten("index", "index concurrently")]))
            { Relation = index.Table }]
            : [],
    };

    public static LintRule DroppedWithoutConcurrently { get; } = new("drop-index-without-concurrently", Severity.Warning, "An index is dropped under an exclusive lock")
    {
        Example = new("drop index orders_customer_id;", "drop index concurrently if exists orders_customer_id;"),
        Check = visit => visit.Statement is DropObjects { Kind: ObjectKind.Index, Concurrently: false } drop
            ? from index in drop.Names
              where visit.Catalog.TableOfIndex(index) is not { } table || visit.IsInUse(table)
              select new Offence(
                  $"Dropping {index} needs its table for itself: queries that run hold it up, and all that come after wait behind it.",
                  new("Drop it concurrently, one index a file.", [$"drop index concurrently if exists {index};"]))
              { Relation = index }
            : [],
    };

    public static LintRule RebuiltWithoutConcurrently { get; } = new("reindex-without-concurrently", Severity.Error, "An index is rebuilt while nobody can write")
    {
        Example = new("reindex table orders;", "reindex table concurrently orders;"),
        Check = visit => visit.Statement is Reindex { Concurrently: false } reindex && (reindex.Name is not { } name || visit.IsInUse(name))
            ? [new Offence(
                "Writes to the table wait until the rebuild is done, and so does every query that plans to use the index.",
                reindex.Kind == ReindexKind.System
                    ? new SaferForm("System catalogs have no concurrent form: do it in a maintenance window.")
                    : new("Rebuild concurrently, in a file of its own.", [visit.Rewritten(Word(reindex.Kind), $"{Word(reindex.Kind)} concurrently")]))
            { Relation = reindex.Name }]
            : [],
    };

    public static LintRule ConcurrentIfNotExists { get; } = new("concurrent-index-if-not-exists", Severity.Warning, "A broken index is taken for a finished one")
    {
        Example = new(
            "create index concurrently if not exists orders_placed_at on orders (placed_at);",
            "create index concurrently orders_placed_at on orders (placed_at);")
        { Run = ExampleRun.Alone },
        Check = visit => visit.Statement is CreateIndex { Concurrently: true, IfNotExists: true } index
            ? [new Offence(
                "A concurrent build that was interrupted leaves an invalid index of this name, and 'if not exists' accepts it: no query will ever use it.",
                new(
                    "Leave it out. Each file runs once, and the orchestrator removes an invalid index before it tries again.",
                    [visit.Rewritten("if not exists ", "")]))
            { Relation = index.Table }]
            : [],
    };

    public static LintRule ConcurrentWithoutName { get; } = new("concurrent-index-without-name", Severity.Warning, "An interrupted build cannot be cleaned up")
    {
        Example = new(
            "create index concurrently on orders (placed_at);",
            "create index concurrently orders_placed_at on orders (placed_at);")
        { Run = ExampleRun.Alone },
        Check = visit => visit.Statement is CreateIndex { Concurrently: true, Name: null } index
            ? [new Offence(
                "If the build is interrupted, nobody can say which invalid index it left; the next try builds another one beside it.",
                new(
                    "Give it a name.",
                    [visit.Rewritten("concurrently", $"concurrently {Names.Join(index.Table.Name, [.. index.LeadingColumns], "idx")}")]))
            { Relation = index.Table }]
            : [],
    };

    private static string Word(ReindexKind kind) => kind.ToString().ToLowerInvariant();
}
