using Orchestrator.Activities.Ddl;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Rehearsals;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Temporalio.Activities;

namespace Orchestrator.Activities.Ledger;

/// <summary>Asks Temporal whether a workflow is still open.</summary>
public delegate Task<bool> WorkflowIsOpen(string workflowId, CancellationToken cancel);

/// <summary>What the surroundings of this worker offer to a workflow.</summary>
/// <param name="IsIndexed">The Temporal service knows the search attributes.</param>
/// <param name="IsNotified">There is a channel to tell people by.</param>
public sealed record Surroundings(bool IsIndexed, bool IsNotified);

public sealed class LedgerActivities(StepSites sites, Databases databases, WorkflowIsOpen isOpen, Surroundings? surroundings = null) : ILedgerActivities
{
    [Activity]
    public Task<ProgramOutline> OpenRunAsync(RunReference run) =>
        ActivityFailures.TranslateAsync(() => OpenRunAsync(run, Cancel));

    [Activity]
    public Task<BatchOutline> OpenBatchAsync(BatchReference batch) =>
        ActivityFailures.TranslateAsync(() => OpenBatchAsync(batch, Cancel));

    [Activity]
    public Task RecordDecisionAsync(DecisionRecord decision) => ActivityFailures.TranslateAsync(async () =>
    {
        var counted = decision.Decision;
        await Decisions.RecordAsync(
            await databases.LedgerAsync(Cancel),
            new DecisionRow(
                decision.Batch.Run.Run, decision.Batch.Batch, counted.Answer == Answer.Go ? "go" : "no_go",
                counted.Who, counted.Role, counted.Comment, counted.Evidence, counted.At),
            counted.Proof,
            Cancel);
    });

    [Activity]
    public Task RecordSteeringAsync(SteeringRecord steering) => ActivityFailures.TranslateAsync(async () =>
        await EntryChain.AppendAsync(
            await databases.LedgerAsync(Cancel),
            steering.Batch.Run.Run,
            "steered",
            new { steering.Batch.Batch, Act = steering.Act.ToString().ToLowerInvariant(), steering.Who, steering.Reason, steering.At },
            Cancel));

    [Activity]
    public Task RecordCorrectionAsync(CorrectionRecord correction) => ActivityFailures.TranslateAsync(async () =>
    {
        var (_, plan) = await sites.ReadPlanAsync(correction.Step.Batch.Run.Plan, Cancel);
        CorrectedUndo.RefuseDangerous(plan, correction);
        await UndoCorrections.RecordAsync(await databases.LedgerAsync(Cancel), correction, Cancel);
    });

    [Activity]
    public Task PrepareRollbackAsync(BatchReference batch) => ActivityFailures.TranslateAsync(async () =>
    {
        var (_, plan) = await sites.ReadPlanAsync(batch.Run.Plan, Cancel);
        await Rollbacks.PrepareAsync(await databases.LedgerAsync(Cancel), plan, batch, Cancel);
    });

    [Activity]
    public Task CloseBatchAsync(BatchClosing closing) => ActivityFailures.TranslateAsync(async () =>
        await BatchRuns.CloseAsync(
            await databases.LedgerAsync(Cancel),
            new BatchEnd(closing.Batch.Run.Run, closing.Batch.Batch, Text(closing.Outcome.Outcome), closing.Outcome.Reason),
            Cancel));

    [Activity]
    public Task CloseRunAsync(RunClosing closing) => ActivityFailures.TranslateAsync(async () =>
        await Runs.CloseAsync(await databases.LedgerAsync(Cancel), closing.Run.Run, Text(closing.Outcome), Cancel));

    internal async Task<ProgramOutline> OpenRunAsync(RunReference run, CancellationToken cancel)
    {
        var (published, plan) = await sites.ReadPlanAsync(run.Plan, cancel);
        if (plan.FindEnvironment(run.Environment) is null)
        {
            throw new RefusalException($"The plan '{plan.Name}' has no environment '{run.Environment}'; it has {string.Join(", ", plan.Environments.Select(e => e.Name))}.");
        }

        var row = new RunRow(run.Run, run.Plan, run.Environment, run.Requester);
        await Runs.OpenAsync(await databases.LedgerAsync(cancel), row, published, cancel);
        return new ProgramOutline(plan.Name, plan.Title, [.. plan.Batches.Select(b => new BatchEntry(b.Id, b.Title, b.Needs))])
        {
            IsIndexed = surroundings is { IsIndexed: true },
        };
    }

    internal async Task<BatchOutline> OpenBatchAsync(BatchReference reference, CancellationToken cancel)
    {
        var (_, plan) = await sites.ReadPlanAsync(reference.Run.Plan, cancel);
        var batch = StepSites.FindBatch(plan, reference.Batch);
        await databases.ReachAsync(plan, reference.Run.Environment, [.. batch.Steps.Select(s => s.Database).Distinct()], cancel);
        await RequireNeedsAsync(plan, batch, reference.Run.Environment, cancel);
        var claim = new BatchClaim(reference.Run.Run, plan.Name, reference.Run.Environment, batch.Id, reference.WorkflowId);
        await TakeAsync(claim, cancel);
        var rehearsals = await LastRehearsal.ReadAsync(await databases.LedgerAsync(cancel), reference.Run.Plan, cancel);
        return new BatchOutline(
            plan.Name,
            batch.Title,
            batch.Owner,
            [.. batch.Steps.Select(s => new StepOutline(s.Id, s.Title, s.Kind))],
            batch.Prechecks.Count > 0,
            batch.Postchecks.Count > 0,
            batch.Gate)
        {
            IsIndexed = surroundings is { IsIndexed: true },
            IsNotified = surroundings is { IsNotified: true },
            Rehearsal = rehearsals.GetValueOrDefault(batch.Id),
        };
    }

    /// <summary>A program keeps the order by itself; who starts one batch alone may have overlooked another.</summary>
    private async Task RequireNeedsAsync(MigrationPlan plan, Batch batch, string environment, CancellationToken cancel)
    {
        // A rehearsal leaves out what the original has done already.
        if (batch.Needs.Count == 0 || EnvironmentName.Parse(environment).IsRehearsal)
        {
            return;
        }

        var ends = await BatchRuns.ReadLatestAsync(await databases.LedgerAsync(cancel), plan.Name, environment, Guid.Empty, cancel);
        var missing = batch.Needs.Where(need => ends.GetValueOrDefault(need) is not { Outcome: "done" }).ToList();
        if (missing.Count > 0)
        {
            throw new RefusalException(
                $"The batch '{batch.Id}' needs {string.Join(" and ", missing.Select(need => $"'{need}'"))}, which {(missing.Count == 1 ? "is" : "are")} not done on '{environment}'. Run that first.");
        }
    }

    private async Task TakeAsync(BatchClaim claim, CancellationToken cancel)
    {
        var ledger = await databases.LedgerAsync(cancel);
        while (await BatchRuns.TakeAsync(ledger, claim, cancel) is { } holder)
        {
            // The same id with another run: Temporal keeps at most one of them open, and that is this one.
            if (holder.WorkflowId != claim.WorkflowId && await isOpen(holder.WorkflowId, cancel))
            {
                throw new RefusalException(
                    $"The batch '{claim.Batch}' is being run on '{claim.Environment}' by the workflow '{holder.WorkflowId}'; let it finish, or abort it, first.");
            }

            var end = new BatchEnd(holder.Run, claim.Batch, "abandoned", $"Taken over by {claim.WorkflowId}: its workflow ended without closing it.");
            await BatchRuns.CloseAsync(ledger, end, cancel);
        }
    }

    private static CancellationToken Cancel => ActivityExecutionContext.Current.CancellationToken;

    private static string Text(Outcome outcome) => outcome.ToString().ToLowerInvariant();
}
