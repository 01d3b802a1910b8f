using System.Collections.Concurrent;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities;

/// <summary>A step, the database that it works on, and the claim with which it is opened there.</summary>
internal sealed record StepSite(Step Step, NpgsqlDataSource Database, Func<Direction, StepClaim> Claim)
{
    /// <summary>Another database of the same environment, which is only read: nothing of the ledger is put into it.</summary>
    public required Func<string, CancellationToken, Task<NpgsqlDataSource>> SiblingAsync { get; init; }

    /// <summary>It works on a clone, where measuring costs nobody anything.</summary>
    public bool IsRehearsal { get; init; }
}

/// <summary>Where an activity begins: reads the plan that was published, and introduces its run to the database it works on.</summary>
public sealed class StepSites(Databases databases)
{
    // A worker sees few plans a day, and each is read once: the limit only keeps a worker that lives for years small.
    private const int PlansKept = 100;

    private readonly ConcurrentDictionary<string, (PublishedPlan Published, MigrationPlan Plan)> _plans = new();

    internal async Task<StepSite> FindAsync(StepReference reference, CancellationToken cancel)
    {
        var run = reference.Batch.Run;
        var (published, plan) = await ReadPlanAsync(run.Plan, cancel);
        var batch = FindBatch(plan, reference.Batch.Batch);
        var step = batch.Steps.FirstOrDefault(s => s.Id == reference.Step)
            ?? throw new RefusalException($"The batch '{batch.Id}' has no step '{reference.Step}'.");
        var database = await databases.TargetAsync(plan, run.Environment, step.Database, cancel);
        await Runs.OpenAsync(database, new RunRow(run.Run, run.Plan, run.Environment, run.Requester), published, cancel);
        var key = new StepKey(plan.Name, batch.Id, step.Id);
        return new StepSite(step, database, direction => new StepClaim(key, step.Kind, PlanCanon.DigestOf(step), run.Run, direction))
        {
            SiblingAsync = (sibling, stop) => databases.SourceAsync(plan, run.Environment, sibling, stop),
            IsRehearsal = EnvironmentName.Parse(run.Environment).IsRehearsal,
        };
    }

    /// <summary>The script that a person put in the place of this step's undo, if somebody did.</summary>
    internal async Task<SqlScript?> FindCorrectionAsync(StepReference reference, CancellationToken cancel) =>
        await UndoCorrections.FindAsync(await databases.LedgerAsync(cancel), reference, cancel);

    internal async Task<(PublishedPlan Published, MigrationPlan Plan)> ReadPlanAsync(string digest, CancellationToken cancel)
    {
        if (_plans.TryGetValue(digest, out var known))
        {
            return known;
        }

        if (_plans.Count >= PlansKept)
        {
            _plans.Clear();
        }

        var published = await PublishedPlans.ReadAsync(await databases.LedgerAsync(cancel), digest, cancel);
        return _plans[digest] = (published, PlanCanon.Read(published.Canonical));
    }

    internal static Batch FindBatch(MigrationPlan plan, string id) =>
        plan.FindBatch(id) ?? throw new RefusalException(
            $"The plan '{plan.Name}' has no batch '{id}'; it has {string.Join(", ", plan.Batches.Select(b => b.Id))}.");
}
