using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Tests.Gates;

/// <summary>Whatever is sent to a workflow from the plain Temporal UI or by a script: it stays as it was, and no task of it fails.</summary>
public sealed class BadMessageTests(Stage stage) : IClassFixture<Stage>
{
    private readonly string _name = $"m{Guid.NewGuid():N}";

    private static readonly object?[][] Inputs =
    [
        [], [null], [7], [true], ["text"], [""], [new object?[] { 1, "two", null }], [new { }], [new { who = 5 }], [new { who = new { a = 1 } }],
        [new { who = (string?)null, answer = (string?)null }], [new { who = "mallory" }], [new { who = "ada", role = "king" }],
        [new { who = new string('x', 5_000) }], [new { who = "ada", evidence = "forged" }], [new { lanes = "many" }], [new { lanes = int.MaxValue }], [1, 2, 3],
    ];

    [Fact]
    public async Task Signals_of_every_shape_change_nothing()
    {
        var batch = await AtGateAsync();

        foreach (var input in Inputs)
        {
            foreach (var signal in new[] { "go", "no-go", "retry", "skip", "tune", "resume", "unheard-of", "" })
            {
                await SendAsync(batch, signal, input);
            }
        }

        var status = await batch.QueryAsync(b => b.Status);
        Assert.Equal((BatchPhase.Gate, false, 0), (status.Phase, status.Paused, status.Gate!.Counted.Count));
        Assert.All(status.Gate.Refusals, refusal => Assert.InRange(refusal.Length, 1, 400));
        Assert.DoesNotContain(status.Gate.Refusals, refusal => refusal.Contains("Exception", StringComparison.Ordinal));
        await EndsWellAsync(batch);
    }

    [Fact]
    public async Task Updates_of_every_shape_are_refused()
    {
        var batch = await AtGateAsync();

        foreach (var update in new[] { "decide", "steer", "correct", "unheard-of" })
        {
            foreach (var input in Inputs)
            {
                await AssertRefusedAsync(batch, update, input);
            }
        }

        await AssertRefusedAsync(batch, "decide", [new { answer = "Maybe", who = "ada" }]);
        Assert.Equal("A decision is 'Go' or 'NoGo'.", await AssertRefusedAsync(batch, "decide", [new { answer = 7, who = "ada" }]));
        Assert.Equal("ada does not hold the role 'king'; approvers are approver: ada, grace.", await AssertRefusedAsync(batch, "decide", [new { answer = "Go", who = "ada", role = "king" }]));
        Assert.Equal("A decision needs a name: set 'who'.", await AssertRefusedAsync(batch, "decide", [new { answer = "Go" }]));
        Assert.Equal("A decision needs an 'answer' and a name in 'who'.", await AssertRefusedAsync(batch, "decide", [null]));
        Assert.StartsWith("There is no such act", await AssertRefusedAsync(batch, "steer", [99, new { who = "ada" }]));
        Assert.Equal("Say who you are: set 'who'.", await AssertRefusedAsync(batch, "steer", ["Abort", null]));
        Assert.Equal("Say why: set 'reason'.", await AssertRefusedAsync(batch, "steer", ["Abort", new { who = "ada", reason = " " }]));
        Assert.Equal("A correction needs 'who', 'reason', 'path' and 'sql'.", await AssertRefusedAsync(batch, "correct", [null]));
        await EndsWellAsync(batch);
    }

    [Fact]
    public async Task A_program_bears_the_same()
    {
        var plan = Plan();
        var program = await stage.StartProgramAsync(plan);
        var batch = stage.Client.GetWorkflowHandle<BatchWorkflow, BatchOutcome>(WorkflowIds.Batch(program.Id, "batch"));
        await Eventually.EqualAsync(BatchLineState.Running, async () => (await program.QueryAsync(p => p.Status)).Batches is [var line] ? line.State : default);
        await Eventually.EqualAsync(BatchPhase.Gate, async () => (await batch.QueryAsync(b => b.Status)).Phase);

        foreach (var input in Inputs)
        {
            await SendAsync(program, "resume", input);
            await SendAsync(program, "unheard-of", input);
            await AssertRefusedAsync(program, "steer", input);
        }

        await program.SignalAsync("abort", [null]);
        Assert.Equal(new ProgramOutcome(Outcome.Undone, "batch", StopCause.Aborted, "Aborted by signal."), await program.GetResultAsync());
        await AssertNoTaskFailedAsync(program);
    }

    private async Task<WorkflowHandle<BatchWorkflow, BatchOutcome>> AtGateAsync()
    {
        var batch = await stage.StartBatchAsync(Plan());
        await Eventually.EqualAsync(BatchPhase.Gate, async () => (await batch.QueryAsync(b => b.Status)).Phase);
        return batch;
    }

    private MigrationPlan Plan() => Some.Plan() with
    {
        Name = _name,
        Batches = [Some.Batch(Some.Sql("nothing", "select 1", "select 1")) with { Gate = Some.Gate() }],
    };

    private static async Task SendAsync(WorkflowHandle workflow, string signal, object?[] input)
    {
        try
        {
            await workflow.SignalAsync(signal, input);
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.InvalidArgument)
        {
            // Refused at the door: a signal without a name.
            Assert.Equal("", signal);
        }
    }

    private static async Task<string> AssertRefusedAsync(WorkflowHandle workflow, string update, object?[] input)
    {
        var refused = await Assert.ThrowsAsync<WorkflowUpdateFailedException>(() => workflow.ExecuteUpdateAsync<object>(update, input));
        Assert.DoesNotContain("Object reference", refused.InnerException!.Message, StringComparison.Ordinal);
        return refused.InnerException.Message;
    }

    private static async Task EndsWellAsync(WorkflowHandle<BatchWorkflow, BatchOutcome> batch)
    {
        await batch.ExecuteUpdateAsync(b => b.DecideAsync(new Decision { Answer = Answer.Go, Who = "ada" }));
        Assert.Equal(Outcome.Done, (await batch.GetResultAsync()).Outcome);
        await AssertNoTaskFailedAsync(batch);
    }

    private static async Task AssertNoTaskFailedAsync(WorkflowHandle workflow)
    {
        var history = await workflow.FetchHistoryAsync();
        Assert.DoesNotContain(history.Events, e => e.EventType == EventType.WorkflowTaskFailed);
    }
}
