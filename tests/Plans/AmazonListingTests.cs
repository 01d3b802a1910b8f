using Dapper;
using Npgsql;
using Orchestrator.Cli.Plans;
using Orchestrator.Tests.House;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Client;

namespace Orchestrator.Tests.Plans;

[TakesSeconds(20)]
public sealed class AmazonListingTests(Stage stage) : IClassFixture<Stage>
{
    [Fact]
    public async Task Every_slice_goes_through_and_a_no_go_takes_back_the_last_one_only()
    {
        var plan = Read();
        var program = await stage.StartProgramAsync(plan);
        foreach (var batch in plan.Batches.Where(b => b.Gate is not null))
        {
            var word = new Word { Who = "grace", Comment = "looked at it" };
            var gate = stage.Client.GetWorkflowHandle<BatchWorkflow>(WorkflowIds.Batch(program.Id, batch.Id));
            await Eventually.EqualAsync("", () => WaitForGateAsync(gate));
            await (batch.Id == "slice-d" ? gate.SignalAsync(b => b.NoGoAsync(word)) : gate.SignalAsync(b => b.GoAsync(word)));
            if (batch.Id == "slice-d")
            {
                break;
            }
        }

        var outcome = await program.GetResultAsync();

        Assert.Equal((Outcome.Undone, "slice-d"), (outcome.Outcome, outcome.Batch));
        Assert.Equal(0, await ScalarAsync("select count(*) from pg_class where relname like 'recommendation%' and relkind = 'r'"));
        Assert.Equal(0, await ScalarAsync("select count(*) from pg_type where typname in ('recommendation_type', 'confidence_band')"));
        Assert.Equal(50_000, await ScalarAsync("select count(*) from listings where asin is null or seller_sku = sku"));
        Assert.Equal(100_000, await ScalarAsync("select count(*) from feature_store"));
    }

    /// <summary>Empty once the gate is open and nothing but warnings failed.</summary>
    private static async Task<string> WaitForGateAsync(WorkflowHandle<BatchWorkflow> batch)
    {
        try
        {
            var status = await batch.QueryAsync(b => b.Status);
            var wrong = status.Postchecks.Where(c => c.Verdict != Verdict.Pass && c.Severity != Severity.Warn).Select(c => $"{c.Id}: {c.Explanation}");
            return status.Phase == BatchPhase.Gate ? string.Join("; ", wrong) : $"{status.Batch} is at {status.Phase}: {status.Reason}";
        }
        catch (Temporalio.Exceptions.RpcException e) when (e.Code == Temporalio.Exceptions.RpcException.StatusCode.NotFound)
        {
            return "not started";
        }
    }

    // On the stage's own database, which every binding means.
    private static MigrationPlan Read()
    {
        var plan = PlanFolder.Read(Path.Combine(SourceTree.Root, "plans/amazon-listing")).Plan!;
        return plan with { Environments = [new PlanEnvironment("test", [new DatabaseBinding("shop", "DB")])] };
    }

    private async Task<long> ScalarAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(stage.Connection);
        return await connection.ExecuteScalarAsync<long>(sql);
    }
}
