using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Support;

/// <summary>Small plans, whole enough to run.</summary>
internal static class Some
{
    public static readonly Guid Namespace = Guid.Parse("7c0e7f6e-2f5b-4f5e-9d5c-0c1f2e3d4a5b");

    public static MigrationPlan Plan(params IReadOnlyList<Step> steps) => new()
    {
        Name = "some-plan",
        Title = "Some plan",
        Databases = ["db"],
        Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", "DB")])],
        Batches = [Batch(steps.Count > 0 ? steps : [Ddl("table", "create table t (id int)", "drop table if exists t")])],
    };

    public static Batch Batch(params IReadOnlyList<Step> steps) => new()
    {
        Id = "batch",
        Title = "Batch",
        Owner = "ada",
        Needs = [],
        Prechecks = [],
        Steps = steps,
        Postchecks = [],
    };

    public static DdlStep Ddl(string id, string apply, string undo) => new()
    {
        Id = id,
        Title = id,
        Database = "db",
        Apply = [new SqlScript($"{id}.sql", apply)],
        Undo = [new SqlScript($"undo_{id}.sql", undo)],
    };

    public static SqlStep Sql(string id, string apply, string undo) => new()
    {
        Id = id,
        Title = id,
        Database = "db",
        Apply = [new SqlScript($"{id}.sql", apply)],
        Undo = [new SqlScript($"undo_{id}.sql", undo)],
    };

    public static BackfillStep Backfill(string id, string chunk, string undo, int chunkRows = 100) => new()
    {
        Id = id,
        Title = id,
        Database = "db",
        Table = "source",
        Key = ["id"],
        Chunk = new SqlScript($"{id}.sql", chunk),
        ChunkRows = chunkRows,
        Undo = [new SqlScript($"undo_{id}.sql", undo)],
    };

    public static ScalarCheck Check(string id, string query, string rule, Severity severity = Severity.Gate) => new()
    {
        Head = new(id, id, "db", severity),
        Query = new SqlScript(SqlScript.Inline, query),
        Rule = Rule.TryParse(rule)!,
    };

    public static Gate Gate(int quorum = 1, params IReadOnlyList<string> people) => new()
    {
        Question = "Shall it stay?",
        Quorum = quorum,
        Roles = [new GateRole("approver", people.Count > 0 ? people : ["ada", "grace"])],
        RequesterMayDecide = false,
    };
}
