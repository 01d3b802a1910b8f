using Npgsql;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ledger;

/// <summary>Before a finished batch is taken back: that nothing stands on it, and that what is known of it is kept.</summary>
internal static class Rollbacks
{
    private const string Done = "done";

    public static async Task PrepareAsync(NpgsqlDataSource ledger, MigrationPlan plan, BatchReference reference, CancellationToken cancel)
    {
        var environment = reference.Run.Environment;
        var ends = await BatchRuns.ReadLatestAsync(ledger, plan.Name, environment, reference.Run.Run, cancel);
        if (ends.GetValueOrDefault(reference.Batch) is not { } last || last.Outcome is "undone" or "refused")
        {
            throw new RefusalException($"The batch '{reference.Batch}' has not been done on '{environment}', so there is nothing to take back.");
        }

        var standing = BatchOrder.FindDependents(plan.Batches, reference.Batch)
            .Where(b => ends.GetValueOrDefault(b) is { Outcome: null or Done or "failed" })
            .ToList();
        if (standing.Count > 0)
        {
            throw new RefusalException(
                $"On '{environment}' {(standing.Count == 1 ? "the batch" : "the batches")} {string.Join(", ", standing.Select(b => $"'{b}'"))} {(standing.Count == 1 ? "stands" : "stand")} on '{reference.Batch}': that has to be taken back first.");
        }

        var evidence = await Reports.ReadEvidenceAsync(ledger, last.Run, reference.Batch, cancel);
        await EntryChain.AppendAsync(ledger, reference.Run.Run, "evidence-kept", new { reference.Batch, Of = last.Run, Evidence = evidence }, cancel);
    }
}
