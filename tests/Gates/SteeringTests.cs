using Dapper;
using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Gates;

/// <summary>Gates and steering of real workflows on a real service and database.</summary>
public sealed class SteeringTests(Stage stage) : IClassFixture<Stage>
{
    private static readonly Steer Ada = new() { Who = "ada", Reason = "why not" };

    private readonly string _name = $"s{Guid.NewGuid():N}";

    [Fact]
    public async Task An_update_is_answered_refused_with_a_sentence_and_recorded()
    {
        var batch = await stage.StartBatchAsync(Plan(Gated(Table())));
        await UntilAsync(batch, BatchPhase.Gate);

        var paused = await batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Pause, Ada));
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Pause, Ada)));
        var nameless = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Resume, new Steer())));
        await batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Abort, Ada));

        Assert.True(paused.Paused);
        Assert.Equal("The batch is paused already.", refused.InnerException!.Message);
        Assert.Equal("Say who you are: set 'who'.", nameless.InnerException!.Message);
        Assert.Equal(new BatchOutcome(Outcome.Undone, StopCause.Aborted, "Aborted by ada: why not"), await batch.GetResultAsync());
        Assert.Equal(["pause", "abort"], await EntriesAsync("steered", "act"));
    }

    [Fact]
    public async Task A_gate_that_has_heard_very_much_goes_on_in_a_new_run_and_forgets_nobody()
    {
        var gate = Some.Gate(2) with { RequesterMayDecide = true };
        var batch = await stage.StartBatchAsync(Plan(Gated(Table()) with { Gate = gate }));
        await UntilAsync(batch, BatchPhase.Gate);
        var first = (await batch.DescribeAsync()).RunId;
        var open = stage.Client.GetWorkflowHandle<BatchWorkflow, BatchOutcome>(batch.Id);
        await open.SignalAsync(b => b.GoAsync(new Word { Who = "ada", Comment = "early" }));

        await Parallel.ForEachAsync(Enumerable.Range(0, 1_100), async (i, _) => await open.SignalAsync(b => b.GoAsync(new Word { Who = $"nobody {i}" })));

        await Eventually.EqualAsync(true, async () => (await open.DescribeAsync()).RunId != first);
        await Eventually.EqualAsync("ada", async () => string.Join(',', (await open.QueryAsync(b => b.Status)).Gate!.Counted.Select(d => d.Who)));
        await open.SignalAsync(b => b.GoAsync(new Word { Who = "grace" }));
        Assert.Equal(new BatchOutcome(Outcome.Done, null, null), await open.GetResultAsync());
        Assert.Equal(["ada", "grace"], await EntriesAsync("decision", "who"));
    }

    [Fact]
    public async Task A_go_on_evidence_that_is_no_longer_true_is_voided_and_people_are_told()
    {
        await ExecuteAsync($"create table {_name}_truth (id int)");
        var batch = await stage.StartBatchAsync(Plan(Gated(Table()) with { Postchecks = [Some.Check("truth", $"select count(*) from {_name}_truth", ">= 0")] }));
        await UntilAsync(batch, BatchPhase.Gate);
        await ExecuteAsync($"insert into {_name}_truth values (1)");

        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "ada" }));

        await Eventually.EqualAsync("ada: The evidence has changed since", async () => (await batch.QueryAsync(b => b.Status)).Gate!.Refusals is [.., var last] ? last.Split(',')[0] : null);
        Assert.Empty((await batch.QueryAsync(b => b.Status)).Gate!.Counted);
        await Eventually.EqualAsync(true, () => Task.FromResult(stage.Notices.Any(n => n.Contains("decisions about the old one no longer count", StringComparison.Ordinal))));
        Assert.Contains(stage.Notices, n => n.Contains("waiting for a decision", StringComparison.Ordinal));
        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "ada" }));
        Assert.Equal(Outcome.Done, (await batch.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task An_abort_during_an_undo_stops_it_and_leaves_the_rest_to_a_person()
    {
        var batch = await stage.StartBatchAsync(Plan(Gated(Table(), Some.Sql("slow", "select 1", "select pg_sleep(600)"))));
        await UntilAsync(batch, BatchPhase.Gate);
        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "ada" }));
        await UntilAsync(batch, BatchPhase.Undoing);

        await batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Abort, Ada));
        await UntilAsync(batch, BatchPhase.NeedsPerson);
        await batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Skip, Ada));

        Assert.Equal(Outcome.Failed, (await batch.GetResultAsync()).Outcome);
        Assert.Equal("Skipped by ada: why not", (await batch.QueryAsync(b => b.Status)).Steps[1].Note);
        Assert.Null(await ScalarAsync($"select to_regclass('{_name}')::text"));
    }

    [Fact]
    public async Task A_finished_batch_is_taken_back_only_while_nothing_stands_on_it()
    {
        var plan = Some.Plan() with
        {
            Name = _name,
            Batches =
            [
                Some.Batch(Some.Ddl("table", $"create table {_name}_first (id int)", $"drop table {_name}_first")) with { Id = "first" },
                Some.Batch(Some.Ddl("table", $"create table {_name}_second (id int)", $"drop table {_name}_second")) with { Id = "second", Needs = ["first"] },
            ],
        };
        await (await stage.StartProgramAsync(plan)).GetResultAsync();

        Assert.Equal(
            new BatchOutcome(Outcome.Refused, StopCause.Precheck, "On 'test' the batch 'second' stands on 'first': that has to be taken back first."),
            await RollBackAsync(plan, "first"));
        Assert.Equal(new BatchOutcome(Outcome.Undone, StopCause.RolledBack, "ada asked for it: a mistake"), await RollBackAsync(plan, "second"));
        Assert.Equal(Outcome.Undone, (await RollBackAsync(plan, "first")).Outcome);
        Assert.Equal(Outcome.Refused, (await RollBackAsync(plan, "first")).Outcome);
        Assert.Null(await ScalarAsync($"select coalesce(to_regclass('{_name}_first'), to_regclass('{_name}_second'))::text"));
        Assert.Equal(["second", "first"], await EntriesAsync("evidence-kept", "batch"));
    }

    [Fact]
    public async Task The_plain_temporal_ui_finds_a_batch_by_what_it_waits_for()
    {
        var batch = await stage.StartBatchAsync(Plan(Gated(Table())));
        await UntilAsync(batch, BatchPhase.Gate);

        var attributes = (await batch.DescribeAsync()).TypedSearchAttributes;

        Assert.Equal(_name, attributes.Get(SearchKeys.Plan));
        Assert.Equal("Gate", attributes.Get(SearchKeys.Phase));
        Assert.Equal("1 of approver: ada, grace", attributes.Get(SearchKeys.WaitingFor));
        await batch.SignalAsync(b => b.AbortAsync("enough"));
        await batch.GetResultAsync();
    }

    private Task<BatchOutcome> RollBackAsync(MigrationPlan plan, string batch) => stage.Client.ExecuteWorkflowAsync(
        (BatchWorkflow workflow) => workflow.RunAsync(new BatchInput { Plan = PlanCanon.DigestOf(plan), Environment = "test", Batch = batch, Requester = "ada", Rollback = "a mistake" }),
        new WorkflowOptions(WorkflowIds.Rollback($"{_name}/{batch}"), stage.TaskQueue));

    private static Task UntilAsync(WorkflowHandle<BatchWorkflow, BatchOutcome> batch, BatchPhase phase) =>
        Eventually.EqualAsync(phase, async () => (await batch.QueryAsync(b => b.Status)).Phase);

    private MigrationPlan Plan(Batch batch) => Some.Plan() with { Name = _name, Batches = [batch] };

    private static Batch Gated(params IReadOnlyList<Step> steps) => Some.Batch(steps) with { Gate = Some.Gate() };

    private DdlStep Table() => Some.Ddl("table", $"create table {_name} (id bigint primary key)", $"drop table if exists {_name}");

    private async Task<IReadOnlyList<string>> EntriesAsync(string kind, string key)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return [.. await connection.QueryAsync<string>(
            "select body::jsonb ->> @key from orchestrator.entries e join orchestrator.runs r on r.id = e.run_id join orchestrator.plans p on p.digest = r.plan_digest where p.name = @name and e.kind = @kind order by sequence",
            new { key, name = _name, kind })];
    }

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return await connection.ExecuteScalarAsync<string>(sql);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        await connection.ExecuteAsync(sql);
    }
}
