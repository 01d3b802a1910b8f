using Orchestrator.Activities;
using Orchestrator.Activities.Ledger;
using Orchestrator.Tests.Support;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Tests.Ledger;

public sealed class BatchRunTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_second_workflow_is_kept_off_a_batch_while_the_first_one_is_open()
    {
        await using var site = await OpenAsync();
        var ledger = Activities(site, isOpen: true);
        await ledger.OpenBatchAsync(site.Batch, default);
        var second = await RunAsync(site, ledger);

        var refusal = await Assert.ThrowsAsync<RefusalException>(() => ledger.OpenBatchAsync(second with { WorkflowId = "by hand" }, default));

        Assert.Contains("is being run on 'test' by the workflow 'workflow'", refusal.Message);
    }

    [Fact]
    public async Task A_batch_whose_workflow_ended_without_a_word_is_taken_over()
    {
        await using var site = await OpenAsync();
        var ledger = Activities(site, isOpen: false);
        await ledger.OpenBatchAsync(site.Batch, default);
        var second = await RunAsync(site, ledger);

        await ledger.OpenBatchAsync(second with { WorkflowId = "by hand" }, default);

        Assert.Equal("abandoned", await site.ScalarAsync<string>($"select outcome from orchestrator.batch_runs where run_id = '{site.Run.Run}'"));
    }

    [Fact]
    public async Task Opening_twice_is_opening_once()
    {
        await using var site = await OpenAsync();
        var ledger = Activities(site, isOpen: true);

        await ledger.OpenBatchAsync(site.Batch, default);
        await ledger.OpenBatchAsync(site.Batch, default);

        Assert.Equal(1, await site.ScalarAsync<long>($"select count(*) from orchestrator.batch_runs where run_id = '{site.Run.Run}'"));
    }

    private async Task<Worksite> OpenAsync()
    {
        var site = await Worksite.OpenAsync(postgres.ConnectionString, Some.Plan() with { Name = $"plan-{Guid.NewGuid():N}" });
        await Activities(site, true).OpenRunAsync(site.Run, default);
        return site;
    }

    private static async Task<BatchReference> RunAsync(Worksite site, LedgerActivities ledger)
    {
        var run = site.Run with { Run = Guid.NewGuid() };
        await ledger.OpenRunAsync(run, default);
        return site.Batch with { Run = run };
    }

    private static LedgerActivities Activities(Worksite site, bool isOpen) =>
        new(site.Sites, site.Databases, (_, _) => Task.FromResult(isOpen));
}
