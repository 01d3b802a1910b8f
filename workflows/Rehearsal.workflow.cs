using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>The same program on a clone: each batch forward, back, and forward again, with a look at everything in between.</summary>
[Workflow]
public sealed class RehearsalWorkflow
{
    private readonly RunReference _rehearsal;
    private readonly List<BatchRehearsal> _batches = [];
    private string _plan = "";
    private string _doing = "Cloning";
    private RehearsalOutcome? _outcome;

    [WorkflowInit]
    public RehearsalWorkflow(ProgramInput input)
    {
        var run = Guid.Parse(Workflow.Info.FirstExecutionRunId);
        var environment = new EnvironmentName(input.Environment, run.ToString("N")[..8]);
        _rehearsal = new RunReference(run, input.Plan, environment.ToString(), input.Requester);
    }

    [WorkflowQuery("status")]
    public RehearsalStatus Status => new(_plan, _rehearsal.Environment, _doing, [.. _batches], _outcome);

    [WorkflowRun]
    public async Task<RehearsalOutcome> RunAsync(ProgramInput input)
    {
        var plan = await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.OpenRunAsync(_rehearsal), ActivityTimeouts.Ledger("Open the rehearsal"));
        _plan = plan.Name;
        Tell($"Cloning {input.Environment}");
        await ActAsync(activities => activities.CloneAsync(_rehearsal), "Clone the databases");
        try
        {
            foreach (var batch in BatchOrder.Sort(plan.Batches, b => b.Id, b => b.Needs))
            {
                _batches.Add(await RehearseAsync(batch));
                if (_batches[^1].Failure is not null)
                {
                    break;
                }
            }

            return await CloseAsync();
        }
        finally
        {
            Tell("Dropping the clones");
            await ActAsync(activities => activities.DropClonesAsync(_rehearsal), "Drop the clones");
            Tell("Closed");
        }
    }

    private async Task<BatchRehearsal> RehearseAsync(BatchEntry batch)
    {
        var (before, after, back, again) = ($"{batch.Id} before", $"{batch.Id} after", $"{batch.Id} back", $"{batch.Id} again");
        var found = new BatchRehearsal { Batch = batch.Id, Title = batch.Title };
        await LookAsync(before);
        Tell($"{batch.Title}: forward");
        var (forward, failure) = await RunAsync(batch, "forward", rollback: null);
        found = found with { Forward = forward, Failure = failure };
        if (failure is not null)
        {
            return found;
        }

        await LookAsync(after);
        if ((await CompareAsync(before, after)).IsEqual)
        {
            return found with { WasThere = true };
        }

        Tell($"{batch.Title}: back");
        (var time, failure) = await RunAsync(batch, "back", rollback: "the rehearsal takes every batch back");
        await LookAsync(back);
        var left = await CompareAsync(before, back);
        found = found with { Back = time, LeftBehind = [.. left.Schema, .. left.Data] };
        failure ??= left.IsEqual ? null : "Taken back, it is not as it was before.";
        if (failure is not null)
        {
            return found with { Failure = failure };
        }

        Tell($"{batch.Title}: forward again");
        (time, failure) = await RunAsync(batch, "again", rollback: null);
        await LookAsync(again);
        var repeated = await CompareAsync(after, again);
        failure ??= repeated.Schema.Count == 0 ? null : "The second time, it made another schema than the first time.";
        return found with { Again = time, NotRepeated = [.. repeated.Schema, .. repeated.Data], Failure = failure };
    }

    /// <summary>One way, by the workflow that production runs; null where it went as it should.</summary>
    private async Task<(TimeSpan Time, string? Failure)> RunAsync(BatchEntry batch, string leg, string? rollback)
    {
        var input = new BatchInput
        {
            Plan = _rehearsal.Plan,
            Environment = _rehearsal.Environment,
            Batch = batch.Id,
            Requester = _rehearsal.Requester,
            Rollback = rollback,
        };
        var options = new ChildWorkflowOptions { Id = $"{Workflow.Info.WorkflowId}/{batch.Id}/{leg}", StaticSummary = $"{batch.Title}: {leg}" };
        var started = Workflow.UtcNow;
        try
        {
            var outcome = await Workflow.ExecuteChildWorkflowAsync((BatchWorkflow workflow) => workflow.RunAsync(input), options);
            var wanted = rollback is null ? Outcome.Done : Outcome.Undone;
            return (Workflow.UtcNow - started, outcome.Outcome == wanted ? null : outcome.Reason ?? $"It ended as {outcome.Outcome}.");
        }
        catch (ChildWorkflowFailureException e)
        {
            return (Workflow.UtcNow - started, StopException.ReasonOf(e));
        }
    }

    private Task LookAsync(string label)
    {
        var request = new FingerprintRequest(_rehearsal, label);
        return ActAsync(activities => activities.TakeFingerprintAsync(request), $"Look at everything: {label}");
    }

    private Task<FingerprintComparison> CompareAsync(string before, string after)
    {
        var request = new ComparisonRequest(_rehearsal, before, after);
        return Workflow.ExecuteActivityAsync(
            (IRehearsalActivities activities) => activities.CompareFingerprintsAsync(request),
            ActivityTimeouts.Step($"Compare {before} with {after}", Workflow.CancellationToken));
    }

    private async Task<RehearsalOutcome> CloseAsync()
    {
        var findings = new RehearsalFindings(_rehearsal, _batches, Workflow.UtcNow);
        var artifacts = await Workflow.ExecuteActivityAsync(
            (IRehearsalActivities activities) => activities.ReportRehearsalAsync(findings), ActivityTimeouts.Ledger("Write the report"));
        var closing = new RunClosing(_rehearsal, findings.Passed ? Outcome.Done : Outcome.Failed);
        await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.CloseRunAsync(closing), ActivityTimeouts.Ledger("Close the rehearsal"));
        return _outcome = new RehearsalOutcome(findings.Passed, _rehearsal.Environment, findings.Batches, artifacts);
    }

    // Not to be interrupted: a clone that is left over fills the disk.
    private static Task ActAsync(System.Linq.Expressions.Expression<Func<IRehearsalActivities, Task>> act, string summary) =>
        Workflow.ExecuteActivityAsync(act, ActivityTimeouts.Step(summary, CancellationToken.None));

    private void Tell(string doing)
    {
        _doing = doing;
        Workflow.CurrentDetails = doing;
    }
}
