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

namespace Orchestrator.Tests.Workflows;

public sealed class BatchTests(Stage stage) : IClassFixture<Stage>
{
    private readonly string _name = $"t{Guid.NewGuid():N}";

    [Fact]
    public async Task Go_keeps_what_was_done()
    {
        var batch = await stage.StartBatchAsync(Plan() with { Batches = [Gated(Table(), Fill())] });
        await UntilGateAsync(batch);

        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "ada", Comment = "looks right" }));

        Assert.Equal(new BatchOutcome(Outcome.Done, null, null), await batch.GetResultAsync());
        Assert.Equal(100, await ScalarAsync<long>($"select count(*) from {_name}"));
        Assert.Equal("ada go looks right", await ScalarAsync<string>($"select who || ' ' || verdict || ' ' || comment from orchestrator.decisions join orchestrator.runs r on r.id = run_id join orchestrator.plans p on p.digest = plan_digest where p.name = '{_name}'"));
    }

    [Fact]
    public async Task No_go_takes_everything_back_last_step_first()
    {
        var batch = await stage.StartBatchAsync(Plan() with { Batches = [Gated(Table(), Fill())] });
        await UntilGateAsync(batch);

        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "grace", Comment = "not tonight" }));

        Assert.Equal(new BatchOutcome(Outcome.Undone, StopCause.NoGo, "grace (approver) said no-go: not tonight"), await batch.GetResultAsync());
        Assert.Null(await ScalarAsync<string>($"select to_regclass('{_name}')::text"));
        Assert.Equal(["fill", "table"], await QueryAsync($"select body::jsonb ->> 'step' from orchestrator.entries e join orchestrator.runs r on r.id = e.run_id join orchestrator.plans p on p.digest = r.plan_digest where p.name = '{_name}' and e.kind = 'step-undone' order by sequence"));
    }

    [Fact]
    public async Task A_failed_precheck_refuses_before_anything_is_done()
    {
        var refused = Gated(Table()) with { Prechecks = [Some.Check("ready", "select 0", "= 1")] };

        var outcome = await (await stage.StartBatchAsync(Plan() with { Batches = [refused] })).GetResultAsync();

        Assert.Equal(new BatchOutcome(Outcome.Refused, StopCause.Precheck, "ready: 0, wanted = 1"), outcome);
        Assert.Null(await ScalarAsync<string>($"select to_regclass('{_name}')::text"));
    }

    [Fact]
    public async Task A_check_that_cannot_be_measured_is_no_pass()
    {
        var refused = Gated(Table()) with { Prechecks = [Some.Check("ready", "select count(*) from nowhere", "= 1")] };

        var outcome = await (await stage.StartBatchAsync(Plan() with { Batches = [refused] })).GetResultAsync();

        Assert.Equal(Outcome.Refused, outcome.Outcome);
        Assert.Contains("relation \"nowhere\" does not exist", outcome.Reason);
    }

    [Fact]
    public async Task A_step_that_fails_takes_back_what_came_before_and_says_why()
    {
        var broken = Gated(Table(), Some.Sql("broken", $"insert into {_name} values (1), (1)", $"delete from {_name}"));

        var outcome = await (await stage.StartBatchAsync(Plan() with { Batches = [broken] })).GetResultAsync();

        Assert.Equal((Outcome.Undone, StopCause.StepFailed), (outcome.Outcome, outcome.Cause!.Value));
        Assert.Contains("broken.sql, statement 1: duplicate key value violates unique constraint", outcome.Reason);
        Assert.Null(await ScalarAsync<string>($"select to_regclass('{_name}')::text"));
    }

    [Fact]
    public async Task A_hard_stop_takes_everything_back_and_asks_nobody()
    {
        var stopped = Gated(Table(), Fill()) with { Postchecks = [Some.Check("empty", $"select count(*) from {_name}", "= 0", Severity.HardStop)] };

        var outcome = await (await stage.StartBatchAsync(Plan() with { Batches = [stopped] })).GetResultAsync();

        Assert.Equal(new BatchOutcome(Outcome.Undone, StopCause.HardStop, "empty: 100, wanted = 0"), outcome);
    }

    [Fact]
    public async Task Words_that_do_not_count_are_shown_with_the_reason()
    {
        var batch = await stage.StartBatchAsync(Plan() with { Batches = [Gated(Table())] });
        await UntilGateAsync(batch);

        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "mallory" }));
        await batch.SignalAsync(b => b.GoAsync(new Word()));
        await batch.SignalAsync("go", ["no object at all"]);
        await batch.SignalAsync("go", []);
        await batch.SignalAsync("unheard-of", [1]);

        await Eventually.EqualAsync("A decision needs a name|mallory is no approver here", async () =>
            string.Join('|', (await batch.QueryAsync(b => b.Status)).Gate!.Refusals.Select(r => r.Split(": ", 2)[1].Split([':', ';'])[0]).Order()));
        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "ada" }));
        Assert.Equal(Outcome.Done, (await batch.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task Abort_takes_back_a_backfill_that_is_half_way()
    {
        var batch = await stage.StartBatchAsync(Plan() with { Batches = [Gated(Table(), SlowFill())] });
        await UntilRowsAsync();

        await batch.SignalAsync(b => b.AbortAsync("changed our minds"));

        Assert.Equal(new BatchOutcome(Outcome.Undone, StopCause.Aborted, "changed our minds"), await batch.GetResultAsync());
        Assert.Null(await ScalarAsync<string>($"select to_regclass('{_name}')::text"));
    }

    [Fact]
    public async Task A_cancelled_workflow_takes_back_what_it_did()
    {
        var batch = await stage.StartBatchAsync(Plan() with { Batches = [Gated(Table())] });
        await UntilGateAsync(batch);

        await batch.CancelAsync();

        Assert.Equal(new BatchOutcome(Outcome.Undone, StopCause.Aborted, "The workflow was cancelled."), await batch.GetResultAsync());
        Assert.Null(await ScalarAsync<string>($"select to_regclass('{_name}')::text"));
    }

    [Fact]
    public async Task A_backfill_stops_on_pause_and_goes_on_where_it_was()
    {
        var batch = await stage.StartBatchAsync(Plan() with { Batches = [Gated(Table(), SlowFill())] });
        await UntilRowsAsync();

        await batch.SignalAsync(b => b.PauseAsync());
        await Eventually.EqualAsync(0, async () => (await batch.DescribeAsync()).RawDescription.PendingChildren.Count);
        var paused = await ScalarAsync<long>($"select count(*) from {_name}");
        await batch.SignalAsync(b => b.ResumeAsync());
        await UntilGateAsync(batch);
        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "ada" }));

        Assert.Equal(Outcome.Done, (await batch.GetResultAsync()).Outcome);
        Assert.InRange(paused, 10, 90);
        Assert.Equal(100, await ScalarAsync<long>($"select count(*) from {_name}"));
    }

    [Fact]
    public async Task An_undo_that_fails_waits_for_a_person_to_try_again()
    {
        var batch = await stage.StartBatchAsync(Plan() with { Batches = [Gated(Table(), Some.Sql("stubborn", "select 1", $"select 1 / count(*) from {_name}"))] });
        await UntilGateAsync(batch);
        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "ada" }));
        await Eventually.EqualAsync(BatchPhase.NeedsPerson, async () => (await batch.QueryAsync(b => b.Status)).Phase);

        await ExecuteAsync($"insert into {_name} values (1)");
        await batch.SignalAsync(b => b.RetryAsync());

        Assert.Equal(Outcome.Undone, (await batch.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task An_undo_that_is_skipped_ends_as_failed_and_the_rest_is_taken_back()
    {
        var batch = await stage.StartBatchAsync(Plan() with { Batches = [Gated(Table(), Some.Sql("stubborn", "select 1", "select 1 / 0"))] });
        await UntilGateAsync(batch);
        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "ada" }));
        await Eventually.EqualAsync(BatchPhase.NeedsPerson, async () => (await batch.QueryAsync(b => b.Status)).Phase);

        await batch.SignalAsync(b => b.SkipAsync("left for tomorrow"));

        Assert.Equal(Outcome.Failed, (await batch.GetResultAsync()).Outcome);
        Assert.Null(await ScalarAsync<string>($"select to_regclass('{_name}')::text"));
        Assert.Equal("left for tomorrow", (await batch.QueryAsync(b => b.Status)).Steps[1].Note);
    }

    [Fact]
    public async Task A_gate_that_expires_counts_as_no_go()
    {
        var brief = Gated(Table()) with { Gate = Some.Gate() with { ExpiresAfter = TimeSpan.FromMilliseconds(500) } };

        var outcome = await (await stage.StartBatchAsync(Plan() with { Batches = [brief] })).GetResultAsync();

        Assert.Equal((Outcome.Undone, StopCause.Expired), (outcome.Outcome, outcome.Cause!.Value));
    }

    [Fact]
    public async Task A_batch_that_the_plan_does_not_have_fails_with_a_sentence()
    {
        var plan = Plan() with { Batches = [Gated(Table())] };
        await (await stage.StartBatchAsync(plan)).TerminateAsync("only to have it published");
        var input = new BatchInput { Plan = PlanCanon.DigestOf(plan), Environment = "test", Batch = "nonsense", Requester = "ada" };
        var options = new WorkflowOptions($"{_name}/nonsense", stage.TaskQueue);

        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => stage.Client.ExecuteWorkflowAsync((BatchWorkflow b) => b.RunAsync(input), options));

        Assert.Equal($"The plan '{_name}' has no batch 'nonsense'; it has batch.", failure.InnerException!.InnerException!.Message);
    }

    [Fact]
    public async Task A_batch_alone_is_refused_until_what_it_needs_is_done()
    {
        var first = Some.Batch(Table()) with { Id = "first" };
        var second = Some.Batch(Some.Ddl("more", $"create table {_name}_more (id int)", $"drop table if exists {_name}_more")) with { Id = "second", Needs = ["first"] };
        var plan = Plan() with { Batches = [second, first] };

        var refused = await Assert.ThrowsAsync<WorkflowFailedException>(async () => await (await stage.StartBatchAsync(plan)).GetResultAsync());
        Assert.Equal("The batch 'second' needs 'first', which is not done on 'test'. Run that first.", refused.InnerException!.InnerException!.Message);

        var input = new BatchInput { Plan = PlanCanon.DigestOf(plan), Environment = "test", Batch = "first", Requester = "ada" };
        await stage.Client.ExecuteWorkflowAsync((BatchWorkflow b) => b.RunAsync(input), new($"{_name}/first", stage.TaskQueue));
        Assert.Equal(Outcome.Done, (await (await stage.StartBatchAsync(plan)).GetResultAsync()).Outcome);
    }

    private static Task UntilGateAsync(WorkflowHandle<BatchWorkflow, BatchOutcome> batch) =>
        Eventually.EqualAsync(BatchPhase.Gate, async () => (await batch.QueryAsync(b => b.Status)).Phase);

    private Task UntilRowsAsync() =>
        Eventually.EqualAsync(true, async () => await ScalarAsync<string>($"select to_regclass('{_name}')::text") is not null
            && await ScalarAsync<long>($"select count(*) from {_name}") >= 10);

    private MigrationPlan Plan() => Some.Plan() with { Name = _name };

    private static Batch Gated(params IReadOnlyList<Step> steps) => Some.Batch(steps) with { Gate = Some.Gate() };

    private DdlStep Table() => Some.Ddl("table", $"create table {_name} (id bigint primary key)", $"drop table if exists {_name}");

    private BackfillStep Fill() => Backfill($"insert into {_name} select id from {_name}_source where {{range}}");

    private BackfillStep SlowFill() => Backfill($"insert into {_name} select id from {_name}_source where {{range}} and pg_sleep(0.02) is not null");

    private BackfillStep Backfill(string chunk)
    {
        using var connection = new NpgsqlConnection(stage.Connection);
        connection.Execute($"create table {_name}_source (id bigint primary key); insert into {_name}_source select generate_series(1, 100)");
        return Some.Backfill("fill", chunk, $"truncate {_name}", chunkRows: 5) with { Table = $"{_name}_source" };
    }

    private async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    private async Task<IEnumerable<string>> QueryAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return await connection.QueryAsync<string>(sql);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        await connection.ExecuteAsync(sql);
    }
}
