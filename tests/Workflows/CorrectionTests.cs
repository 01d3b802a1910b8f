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

/// <summary>An undo that failed, and the script that somebody put in its place.</summary>
public sealed class CorrectionTests(Stage stage) : IClassFixture<Stage>
{
    private readonly string _name = $"c{Guid.NewGuid():N}";

    [Fact]
    public async Task A_corrected_script_takes_the_step_back_and_the_ledger_knows_whose_it_is()
    {
        var batch = await FailUndoAsync();

        await batch.ExecuteUpdateAsync(b => b.CorrectAsync(Correction($"drop view {_name}_view; drop table {_name}")));

        Assert.Equal(Outcome.Undone, (await batch.GetResultAsync()).Outcome);
        Assert.Null(await ScalarAsync($"select to_regclass('{_name}')::text"));
        Assert.StartsWith("undone by better.sql (corrected, ", (await batch.QueryAsync(b => b.Status)).Steps[0].Note);
        Assert.Equal(
            $"ada a view was in the way drop view {_name}_view; drop table {_name}",
            await ScalarAsync($"select who || ' ' || reason || ' ' || content from orchestrator.undo_corrections where content like '%{_name}%'"));
        Assert.Equal("undo-corrected undo-applied", await ScalarAsync(
            $"select string_agg(kind, ' ' order by sequence) from orchestrator.entries where kind in ('undo-corrected', 'undo-applied') and run_id = (select run_id from orchestrator.undo_corrections where content like '%{_name}%')"));
    }

    [Fact]
    public async Task A_correction_that_fails_as_well_waits_for_the_next_one()
    {
        var batch = await FailUndoAsync();

        await batch.ExecuteUpdateAsync(b => b.CorrectAsync(Correction("select 1 / 0")));
        await Eventually.EqualAsync(true, async () => (await batch.QueryAsync(b => b.Status)) is { Phase: BatchPhase.NeedsPerson, Steps: [{ Note: { } note }, ..] } && note.Contains("division by zero", StringComparison.Ordinal));
        await batch.SignalAsync(b => b.RetryAsync(Correction($"drop view {_name}_view; drop table {_name}")));

        Assert.Equal(Outcome.Undone, (await batch.GetResultAsync()).Outcome);
        Assert.Null(await ScalarAsync($"select to_regclass('{_name}')::text"));
    }

    [Fact]
    public async Task A_correction_that_cannot_be_tried_is_refused_with_a_sentence_and_changes_nothing()
    {
        var batch = await FailUndoAsync();

        Assert.Equal("Say why: set 'reason'.", await RefusalAsync(batch, Correction("select 1") with { Reason = null }));
        Assert.Equal("There is no script to try: set 'sql'.", await RefusalAsync(batch, Correction(" ")));
        Assert.Contains("the orchestrator owns the transaction", await RefusalAsync(batch, Correction("begin; drop table x; commit")));
        Assert.Contains("Line 1", await RefusalAsync(batch, Correction("drop table 'x")));
        Assert.Contains("(drop-schema-or-database)", await RefusalAsync(batch, Correction("drop database somebody_elses")));
        var nameless = Correction("select 1") with { Who = null };
        await batch.SignalAsync(b => b.RetryAsync(nameless));
        await Eventually.EqualAsync("The correction was not taken: Say who you are: set 'who'.", async () => (await batch.QueryAsync(b => b.Status)).Steps[0].Note);
        Assert.Equal("0", await ScalarAsync($"select count(*)::text from orchestrator.undo_corrections c join orchestrator.runs r on r.id = c.run_id join orchestrator.plans p on p.digest = r.plan_digest where p.name = '{_name}'"));

        await batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Skip, new Steer { Who = "ada", Reason = "enough" }));
        Assert.Equal(Outcome.Failed, (await batch.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task A_batch_that_waits_for_nobody_takes_no_correction()
    {
        var batch = await stage.StartBatchAsync(Plan());
        await UntilAsync(batch, BatchPhase.Gate);

        Assert.Equal("There is no failed undo to retry or to skip.", await RefusalAsync(batch, Correction("select 1")));
        await batch.SignalAsync(b => b.AbortAsync("enough"));
        await batch.GetResultAsync();
    }

    private async Task<WorkflowHandle<BatchWorkflow, BatchOutcome>> FailUndoAsync()
    {
        var batch = await stage.StartBatchAsync(Plan());
        await UntilAsync(batch, BatchPhase.Gate);
        await using (var connection = new NpgsqlConnection(stage.Connection))
        {
            await connection.ExecuteAsync($"create view {_name}_view as select * from {_name}");
        }

        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "ada" }));
        await UntilAsync(batch, BatchPhase.NeedsPerson);
        return batch;
    }

    private static Task UntilAsync(WorkflowHandle<BatchWorkflow, BatchOutcome> batch, BatchPhase phase) =>
        Eventually.EqualAsync(phase, async () => (await batch.QueryAsync(b => b.Status)).Phase);

    private static async Task<string> RefusalAsync(WorkflowHandle<BatchWorkflow, BatchOutcome> batch, UndoCorrection correction)
    {
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => batch.ExecuteUpdateAsync(b => b.CorrectAsync(correction)));
        return refused.InnerException!.Message;
    }

    private static UndoCorrection Correction(string sql) => new() { Who = "ada", Reason = "a view was in the way", Path = "better.sql", Sql = sql };

    private MigrationPlan Plan() => Some.Plan() with
    {
        Name = _name,
        Batches = [Some.Batch(Some.Ddl("table", $"create table {_name} (id bigint primary key)", $"drop table {_name}")) with { Gate = Some.Gate() }],
    };

    private async Task<string?> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return await connection.ExecuteScalarAsync<string>(sql);
    }
}
