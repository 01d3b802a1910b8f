using Dapper;
using Npgsql;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Client;

namespace Orchestrator.Tests.Workflows;

/// <summary>What is played once on a real service and database to be replayed ever after: each way that a batch can go.</summary>
internal sealed class HistoryScenes(Stage stage)
{
    private static readonly Steer Ada = new() { Who = "ada", Reason = "why not" };

    /// <summary>Every run to keep, by the name of its file.</summary>
    public async Task<IReadOnlyDictionary<string, WorkflowHandle>> PlayAsync()
    {
        var runs = new Dictionary<string, WorkflowHandle>
        {
            ["batch-go"] = await GoAsync(),
            ["batch-no-go"] = await NoGoAsync(),
            ["batch-refused"] = await RefusedAsync(),
            ["batch-hard-stop"] = await HardStopAsync(),
            ["batch-paused"] = await PausedAsync(),
            ["batch-aborted"] = await AbortedAsync(),
            ["batch-undo-fails"] = await UndoFailsAsync(),
            ["batch-undo-corrected"] = await UndoCorrectedAsync(),
            ["batch-expired"] = await ExpiredAsync(),
            ["batch-carried"] = await CarriedAsync(),
            ["program"] = await ProgramAsync(),
            ["program-aborted"] = await ProgramAbortedAsync(),
        };
        runs["transfer"] = stage.Client.GetWorkflowHandle("go/batch/fill");
        runs["program-batch"] = stage.Client.GetWorkflowHandle($"{runs["program"].Id}/first");
        runs["batch-rolled-back"] = await RollBackAsync();
        runs["rehearsal"] = await RehearseAsync();
        return runs;
    }

    private async Task<WorkflowHandle> GoAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("go", Gated(await FilledAsync("go")) with
        {
            Prechecks = [Some.Check("ready", "select 1", "= 1")],
            Postchecks = [Some.Check("full", "select count(*) from go", "= 100")],
            Gate = Some.Gate(quorum: 2),
        }));
        await UntilAsync(batch, BatchPhase.Gate);
        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "mallory" }));
        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "ada", Comment = "looks right" }));
        await batch.ExecuteUpdateAsync(b => b.DecideAsync(new Decision { Answer = Answer.Go, Who = "grace" }));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> NoGoAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("no", Gated(await FilledAsync("no"))));
        await UntilAsync(batch, BatchPhase.Gate);
        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "ada", Comment = "not tonight" }));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> RefusedAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("refused", Gated(Table("refused")) with { Prechecks = [Some.Check("ready", "select 0", "= 1")] }));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> HardStopAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("stopped", Gated(Table("stopped")) with
        {
            Postchecks = [Some.Check("full", "select count(*) from stopped", "= 7", Severity.HardStop)],
        }));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> PausedAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("paused", Gated(await FilledAsync("paused", slow: true))));
        await Eventually.EqualAsync(true, async () => await RowsAsync("paused") >= 10);
        await batch.SignalAsync(b => b.PauseAsync());
        await Eventually.EqualAsync(0, async () => (await batch.DescribeAsync()).RawDescription.PendingChildren.Count);
        await batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Resume, Ada));
        await UntilAsync(batch, BatchPhase.Gate);
        await batch.SignalAsync(b => b.GoAsync(new Word { Who = "ada" }));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> AbortedAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("aborted", Gated(await FilledAsync("aborted", slow: true))));
        await Eventually.EqualAsync(true, async () => await RowsAsync("aborted") >= 10);
        await batch.SignalAsync(b => b.AbortAsync("changed our minds"));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> UndoFailsAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("stubborn", Gated(Table("stubborn"), Some.Sql("divide", "select 1", "select 1 / 0"))));
        await UntilAsync(batch, BatchPhase.Gate);
        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "ada" }));
        await UntilAsync(batch, BatchPhase.NeedsPerson);
        await batch.SignalAsync(b => b.RetryAsync());
        await UntilAsync(batch, BatchPhase.NeedsPerson);
        await batch.ExecuteUpdateAsync(b => b.SteerAsync(SteeringAct.Skip, Ada));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> UndoCorrectedAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("corrected", Gated(Table("corrected"), Some.Sql("divide", "select 1", "select 1 / 0"))));
        await UntilAsync(batch, BatchPhase.Gate);
        await batch.SignalAsync(b => b.NoGoAsync(new Word { Who = "ada" }));
        await UntilAsync(batch, BatchPhase.NeedsPerson);
        await batch.SignalAsync(b => b.RetryAsync(new UndoCorrection { Who = "ada" }));
        await batch.ExecuteUpdateAsync(b => b.CorrectAsync(new UndoCorrection { Who = "ada", Reason = "why not", Path = "undo.sql", Sql = "select 1" }));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> ExpiredAsync()
    {
        var gate = Some.Gate() with { ExpiresAfter = TimeSpan.FromSeconds(1), RemindEvery = TimeSpan.FromMilliseconds(400) };
        var batch = await stage.StartBatchAsync(Plan("expired", Gated(Table("expired")) with { Gate = gate }));
        await batch.GetResultAsync();
        return batch;
    }

    /// <summary>Only the run that took over: the one before it has heard a thousand strangers.</summary>
    private async Task<WorkflowHandle> CarriedAsync()
    {
        var batch = await stage.StartBatchAsync(Plan("carried", Gated(Table("carried"))));
        await UntilAsync(batch, BatchPhase.Gate);
        var first = (await batch.DescribeAsync()).RunId;
        var open = stage.Client.GetWorkflowHandle<BatchWorkflow, BatchOutcome>(batch.Id);
        await Parallel.ForEachAsync(Enumerable.Range(0, 1_100), async (i, _) => await open.SignalAsync(b => b.GoAsync(new Word { Who = $"nobody {i}" })));
        await Eventually.EqualAsync(true, async () => (await open.DescribeAsync()).RunId != first);
        var second = (await open.DescribeAsync()).RunId;
        await UntilAsync(open, BatchPhase.Gate);
        await open.SignalAsync(b => b.NoGoAsync(new Word { Who = "grace" }));
        await open.GetResultAsync();
        return stage.Client.GetWorkflowHandle(batch.Id, second);
    }

    private async Task<WorkflowHandle> ProgramAsync()
    {
        var (program, gated) = await StartAsync(TwoBatches("program"));
        await program.SignalAsync(p => p.PauseAsync());
        await program.ExecuteUpdateAsync(p => p.SteerAsync(SteeringAct.Resume, Ada));
        await gated.SignalAsync(b => b.GoAsync(new Word { Who = "ada" }));
        await program.GetResultAsync();
        return program;
    }

    private async Task<WorkflowHandle> ProgramAbortedAsync()
    {
        var (program, _) = await StartAsync(TwoBatches("given_up"));
        await program.SignalAsync(p => p.AbortAsync("enough"));
        await program.GetResultAsync();
        return program;
    }

    /// <summary>Up to the gate of the second batch.</summary>
    private async Task<(WorkflowHandle<ProgramWorkflow, ProgramOutcome> Program, WorkflowHandle<BatchWorkflow> Gated)> StartAsync(MigrationPlan plan)
    {
        var program = await stage.StartProgramAsync(plan);
        await Eventually.EqualAsync(BatchLineState.Running, async () => (await program.QueryAsync(p => p.Status)).Batches is [_, var second] ? second.State : default);
        var gated = stage.Client.GetWorkflowHandle<BatchWorkflow>($"{program.Id}/second");
        await UntilAsync(gated, BatchPhase.Gate);
        return (program, gated);
    }

    private async Task<WorkflowHandle> RollBackAsync()
    {
        var plan = TwoBatches("program");
        var input = new BatchInput { Plan = PlanCanon.DigestOf(plan), Environment = "test", Batch = "second", Requester = "ada", Rollback = "a mistake" };
        var batch = await stage.Client.StartWorkflowAsync(
            (BatchWorkflow b) => b.RunAsync(input), new WorkflowOptions(WorkflowIds.Rollback("program/second"), stage.TaskQueue));
        await batch.GetResultAsync();
        return batch;
    }

    private async Task<WorkflowHandle> RehearseAsync()
    {
        var database = new NpgsqlConnectionStringBuilder(await TestCluster.CreateDatabaseAsync()) { Pooling = false }.ConnectionString;
        stage.Variables["REHEARSED"] = database;
        var plan = Plan("rehearsed", Some.Batch(Table("rehearsed"))) with { Environments = [new PlanEnvironment("test", [new DatabaseBinding("db", "REHEARSED")])] };
        var input = new ProgramInput { Plan = await stage.PublishAsync(plan), Environment = "test", Requester = "requester" };
        var rehearsal = await stage.Client.StartWorkflowAsync((RehearsalWorkflow r) => r.RunAsync(input), new WorkflowOptions("rehearsed/rehearsal", stage.TaskQueue));
        await rehearsal.GetResultAsync();
        await TestCluster.DropDatabaseAsync(database);
        return rehearsal;
    }

    private static MigrationPlan Plan(string name, params Batch[] batches) => Some.Plan() with { Name = name, Batches = batches };

    private static MigrationPlan TwoBatches(string name) => Plan(
        name,
        Some.Batch(Table($"{name}_first")) with { Id = "first" },
        Gated(Table($"{name}_second")) with { Id = "second", Needs = ["first"] });

    private static Batch Gated(params IReadOnlyList<Step> steps) => Some.Batch(steps) with { Gate = Some.Gate() };

    private static DdlStep Table(string name) => Some.Ddl("table", $"create table {name} (id bigint primary key)", $"drop table if exists {name}");

    private async Task<IReadOnlyList<Step>> FilledAsync(string name, bool slow = false)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        await connection.ExecuteAsync($"create table {name}_source (id bigint primary key); insert into {name}_source select generate_series(1, 100)");
        var pause = slow ? " and pg_sleep(0.02) is not null" : "";
        var fill = Some.Backfill("fill", $"insert into {name} select id from {name}_source where {{range}}{pause}", $"truncate {name}", chunkRows: 5);
        return [Table(name), fill with { Table = $"{name}_source" }];
    }

    private async Task<long> RowsAsync(string table)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return await connection.ExecuteScalarAsync<string>($"select to_regclass('{table}')::text") is null
            ? 0
            : await connection.ExecuteScalarAsync<long>($"select count(*) from {table}");
    }

    private static Task UntilAsync(WorkflowHandle<BatchWorkflow> batch, BatchPhase phase) =>
        Eventually.EqualAsync(phase, async () => (await batch.QueryAsync(b => b.Status)).Phase);
}
