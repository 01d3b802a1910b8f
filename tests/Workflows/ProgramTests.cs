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

public sealed class ProgramTests(Stage stage) : IClassFixture<Stage>
{
    private readonly string _name = $"p{Guid.NewGuid():N}";

    [Fact]
    public async Task Batches_run_in_the_order_of_their_needs_and_a_no_go_keeps_the_earlier_ones()
    {
        var program = await stage.StartProgramAsync(Plan(Batch("second", "first", gated: true), Batch("first")));
        await UntilAsync(program, "first:Closed second:Running");

        await GateAsync(program, "second", b => b.NoGoAsync(new Word { Who = "ada" }));

        Assert.Equal(new ProgramOutcome(Outcome.Undone, "second", StopCause.NoGo, "ada (approver) said no-go."), await program.GetResultAsync());
        Assert.Equal("first", await TablesAsync());
    }

    [Fact]
    public async Task A_program_that_is_run_again_finds_done_what_is_done()
    {
        var plan = Plan(Batch("first"), Batch("second", "first", gated: true));
        var program = await stage.StartProgramAsync(plan);
        await UntilAsync(program, "first:Closed second:Running");
        await GateAsync(program, "second", b => b.NoGoAsync(new Word { Who = "ada" }));
        await program.GetResultAsync();

        var again = await stage.StartProgramAsync(plan);
        await UntilAsync(again, "first:Closed second:Running");
        await GateAsync(again, "second", b => b.GoAsync(new Word { Who = "ada" }));

        Assert.Equal(Outcome.Done, (await again.GetResultAsync()).Outcome);
        Assert.Equal("first second", await TablesAsync());
        Assert.Equal("already done, nothing to do", (await StepsAsync(again, "first"))[0].Note);
    }

    [Fact]
    public async Task A_second_start_of_a_running_program_is_told_of_the_first()
    {
        var plan = Plan(Batch("first", gated: true));
        var program = await stage.StartProgramAsync(plan);

        var refusal = await Assert.ThrowsAsync<WorkflowAlreadyStartedException>(() => stage.StartProgramAsync(plan));

        Assert.Equal(program.Id, refusal.WorkflowId);
        await program.SignalAsync(p => p.AbortAsync("enough"));
        Assert.Equal(StopCause.Aborted, (await program.GetResultAsync()).Cause);
    }

    [Fact]
    public async Task A_paused_program_begins_no_batch_and_resume_lets_it_go_on()
    {
        var program = await stage.StartProgramAsync(Plan(Batch("first", gated: true), Batch("second", "first")));
        await UntilAsync(program, "first:Running second:Waiting");
        await program.SignalAsync(p => p.PauseAsync());
        await Eventually.EqualAsync(true, async () => (await BatchOf(program, "first").QueryAsync(b => b.Status)).Paused);

        await program.SignalAsync(p => p.ResumeAsync());
        await GateAsync(program, "first", b => b.GoAsync(new Word { Who = "ada" }));

        Assert.Equal(Outcome.Done, (await program.GetResultAsync()).Outcome);
    }

    [Fact]
    public async Task An_environment_that_the_plan_does_not_have_fails_with_a_sentence()
    {
        var plan = Plan(Batch("first", gated: true));
        var published = await stage.StartProgramAsync(plan);
        await published.TerminateAsync("only to have it published");
        var input = new ProgramInput { Plan = PlanCanon.DigestOf(plan), Environment = "mars", Requester = "ada" };

        var failure = await Assert.ThrowsAsync<WorkflowFailedException>(() => stage.Client.ExecuteWorkflowAsync(
            (ProgramWorkflow p) => p.RunAsync(input), new WorkflowOptions($"{_name}/mars", stage.TaskQueue)));

        Assert.Equal($"The plan '{_name}' has no environment 'mars'; it has test.", failure.InnerException!.InnerException!.Message);
    }

    private MigrationPlan Plan(params Batch[] batches) => Some.Plan() with { Name = _name, Batches = batches };

    private Batch Batch(string id, string? needs = null, bool gated = false) => Some.Batch(Some.Ddl("table", $"create table {_name}_{id} (id int)", $"drop table if exists {_name}_{id}")) with
    {
        Id = id,
        Needs = needs is null ? [] : [needs],
        Gate = gated ? Some.Gate() : null,
    };

    private static Task UntilAsync(WorkflowHandle<ProgramWorkflow, ProgramOutcome> program, string lines) =>
        Eventually.EqualAsync(lines, async () => string.Join(' ', (await program.QueryAsync(p => p.Status)).Batches.Select(b => $"{b.Id}:{b.State}")));

    private async Task GateAsync(WorkflowHandle program, string batch, System.Linq.Expressions.Expression<Func<BatchWorkflow, Task>> word)
    {
        var handle = BatchOf(program, batch);
        await Eventually.EqualAsync(BatchPhase.Gate, async () => (await handle.QueryAsync(b => b.Status)).Phase);
        await handle.SignalAsync(word);
    }

    private WorkflowHandle<BatchWorkflow> BatchOf(WorkflowHandle program, string batch) =>
        stage.Client.GetWorkflowHandle<BatchWorkflow>(WorkflowIds.Batch(program.Id, batch));

    private async Task<IReadOnlyList<StepStatus>> StepsAsync(WorkflowHandle program, string batch) =>
        (await BatchOf(program, batch).QueryAsync(b => b.Status)).Steps;

    private async Task<string?> TablesAsync()
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return await connection.ExecuteScalarAsync<string>(
            $"select string_agg(replace(relname, '{_name}_', ''), ' ' order by relname) from pg_class where relname like '{_name}%'");
    }
}
