using System.Text.Json.Nodes;
using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Rehearsals;
using Orchestrator.Cli.Rendering.Documents;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Client;

namespace Orchestrator.Tests.Rehearsals;

[TakesSeconds(14)]
public sealed class RehearsalTests(Stage stage) : IClassFixture<Stage>, IAsyncLifetime
{
    private readonly string _name = $"t{Guid.NewGuid():N}";
    private string _database = "";

    public async Task InitializeAsync()
    {
        // Without a pool: a session that lingers is in the way of copying the database.
        _database = new NpgsqlConnectionStringBuilder(await TestCluster.CreateDatabaseAsync()) { Pooling = false }.ConnectionString;
        stage.Variables[Variable] = _database;
        await ExecuteAsync("create table orders (id int primary key, note text); insert into orders select n, 'note ' || n from generate_series(1, 1000) as n");
    }

    public Task DisposeAsync() => TestCluster.DropDatabaseAsync(_database);

    [Fact]
    public async Task A_rehearsal_measures_the_locks_and_leaves_the_original_alone()
    {
        var rewrite = Some.Ddl("rewrite", "alter table orders alter column id type bigint", "alter table orders alter column id type int");
        var index = Some.Ddl("index", "create index concurrently orders_by_note on orders (note)", "drop index concurrently if exists orders_by_note");
        var fill = Some.Sql("fill", "insert into orders values (2000, clock_timestamp()::text)", "delete from orders where id = 2000");

        var outcome = await RehearseAsync(rewrite, index, fill);

        var batch = Assert.Single(outcome.Batches);
        Assert.True(outcome.Passed, batch.Failure);
        Assert.Empty(batch.LeftBehind);
        Assert.StartsWith("db: orders was '1001 rows", Assert.Single(batch.NotRepeated));
        var locks = JsonNode.Parse(await ReportAsync(outcome))!["batches"]![0]!["locks"]!.AsArray().Select(l => l!).ToList();
        var table = locks.Single(l => l["relation"]!.GetValue<string>() == "orders" && l["file"]!.GetValue<string>() == "rewrite.sql");
        Assert.Equal(("ACCESS EXCLUSIVE", true), (table["lock"]!.GetValue<string>(), table["rewritten"]!.GetValue<bool>()));
        Assert.Equal("integer", await ScalarAsync<string>("select atttypid::regtype::text from pg_attribute where attrelid = 'orders'::regclass and attname = 'id'"));
    }

    [Fact]
    public async Task An_undo_that_leaves_something_behind_fails_the_rehearsal_and_says_what()
    {
        var forgetful = Some.Ddl(
            "forgetful", "alter table orders add column extra int; create index orders_extra on orders (note); delete from orders where id = 7", "alter table orders drop column if exists extra");

        var outcome = await RehearseAsync(forgetful);

        Assert.False(outcome.Passed);
        var left = Assert.Single(outcome.Batches).LeftBehind;
        Assert.Contains(left, line => line.StartsWith("db: index public.orders_extra was not there before", StringComparison.Ordinal));
        Assert.Contains(left, line => line.StartsWith("db: orders was '1000 rows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_step_that_fails_on_the_clone_fails_the_rehearsal()
    {
        var outcome = await RehearseAsync(Some.Sql("broken", "select 1 / 0", "select 1"));

        Assert.Contains("division by zero", Assert.Single(outcome.Batches).Failure);
        var clone = Databases.CloneName(Plan(), outcome.Environment, "db");
        Assert.Equal(0, await ScalarAsync<long>($"select count(*) from pg_database where datname = '{clone}'"));
    }

    [Fact]
    public async Task A_gate_that_asks_for_a_rehearsal_is_shut_until_it_has_passed()
    {
        var plan = Plan(Some.Ddl("table", "create table made (id int)", "drop table if exists made"));
        plan = plan with { Batches = [plan.Batches[0] with { Prechecks = [new RehearsedCheck { Head = new("rehearsed", "rehearsed", "db", Severity.Gate), Within = TimeSpan.FromDays(1) }] }] };

        var before = await (await stage.StartBatchAsync(plan)).GetResultAsync();
        await RehearseAsync(plan);
        var after = await (await stage.StartBatchAsync(plan)).GetResultAsync();

        Assert.Equal((Outcome.Refused, Outcome.Done), (before.Outcome, after.Outcome));
        Assert.Contains("has never been rehearsed", before.Reason);
    }

    [Fact]
    public async Task What_was_measured_is_shown_at_the_gate_and_in_the_report()
    {
        var plan = Plan(Some.Ddl("rewrite", "alter table orders alter column id type bigint", "alter table orders alter column id type int"));
        plan = plan with { Batches = [plan.Batches[0] with { Gate = Some.Gate(), Postchecks = [Some.Check("full", "select count(*) from orders", "= 1000")] }] };
        await RehearseAsync(plan);

        var batch = await stage.StartBatchAsync(plan);
        await Eventually.EqualAsync(BatchPhase.Gate, async () => (await batch.QueryAsync(b => b.Status)).Phase);
        var status = await batch.QueryAsync(b => b.Status);
        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "ada" }));
        await batch.GetResultAsync();

        var rehearsal = status.Rehearsal!;
        Assert.True(rehearsal.Passed);
        Assert.Equal("rewrite", Assert.Single(rehearsal.Steps).Step);
        var table = rehearsal.Locks.Single(l => l.Relation == "orders");
        Assert.Equal(("rewrite.sql", "ACCESS EXCLUSIVE", true), (table.File, table.Lock, table.Rewritten));
        var page = await ReadArtifactAsync(status.Artifacts.Single(a => a.Path.EndsWith(".md", StringComparison.Ordinal)).Path);
        Assert.Contains("Locks really held there:", page);
        Assert.Contains("orders: ACCESS EXCLUSIVE for", page);
        await using var ledger = NpgsqlDataSource.Create(stage.Connection);
        var runbook = Runbook.Of(plan, await LastRehearsal.ReadAsync(ledger, PlanCanon.DigestOf(plan), default)).ToMarkdown();
        Assert.Contains("| orders | ACCESS EXCLUSIVE |", runbook);
    }

    private string Variable => _name.ToUpperInvariant();

    private MigrationPlan Plan(params IReadOnlyList<Step> steps) =>
        Some.Plan(steps) with { Name = _name, Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", Variable)])] };

    private Task<RehearsalOutcome> RehearseAsync(params IReadOnlyList<Step> steps) => RehearseAsync(Plan(steps));

    private async Task<RehearsalOutcome> RehearseAsync(MigrationPlan plan)
    {
        var input = new ProgramInput { Plan = await stage.PublishAsync(plan), Environment = "test", Requester = "requester" };
        return await stage.Client.ExecuteWorkflowAsync((RehearsalWorkflow r) => r.RunAsync(input), new WorkflowOptions($"{_name}/rehearsal", stage.TaskQueue));
    }

    private Task<string> ReportAsync(RehearsalOutcome outcome) =>
        ReadArtifactAsync(outcome.Artifacts.Single(a => a.Path.EndsWith(".json", StringComparison.Ordinal)).Path);

    private async Task<string> ReadArtifactAsync(string path)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return (await connection.ExecuteScalarAsync<string>("select content from orchestrator.artifacts where path = @Path", new { Path = path }))!;
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_database);
        await connection.ExecuteAsync(sql);
    }
}
