using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>Holds a batch at its gate until people have decided on evidence that is still true.</summary>
internal sealed class GatePassage(BatchReference batch, GateKeeper keeper, Reins reins, Narrator narrator)
{
    // A gate may be waited at for weeks; from here on the rest of the wait is another run's history.
    private const int LongHistory = 1_000;

    /// <summary>Whether the wait should go on in a new run of this workflow.</summary>
    private static bool HistoryIsLong => Workflow.ContinueAsNewSuggested || Workflow.CurrentHistoryLength > LongHistory;

    public void Open(Gate gate, IReadOnlyList<CheckResult> checks)
    {
        keeper.Open(gate, checks, Workflow.UtcNow);
        narrator.Enter(BatchPhase.Gate);
        narrator.Notify(NoticeKind.GateOpened, $"{gate.Question} Waiting for {gate.Quorum} of {GateRules.Describe(gate)}.");
    }

    /// <summary>True when people said go and may act on it; false when this run's history has become long.</summary>
    public async Task<bool> PassAsync(Func<Task<IReadOnlyList<CheckResult>>> measure)
    {
        while (true)
        {
            narrator.Enter(BatchPhase.Gate);
            await HearPeopleAsync();
            if (keeper.Stand(Workflow.UtcNow) == Standing.NoGo)
            {
                throw new StopException(StopCause.NoGo, keeper.NoGoReason());
            }

            if (keeper.Stand(Workflow.UtcNow) == Standing.Waiting && HistoryIsLong)
            {
                return false;
            }

            // Measured again before acting: a go is about what is true now, not about what was true when it was asked for.
            See(await measure());
            await reins.RestAsync();
            switch (keeper.Stand(Workflow.UtcNow))
            {
                case Standing.Go:
                    await RecordDecisionsAsync();
                    return true;
                case Standing.Expired:
                    throw new StopException(StopCause.Expired, "Nobody decided in time; a gate that expires counts as no-go.");
            }
        }
    }

    public async Task RecordDecisionsAsync()
    {
        while (keeper.HasUnrecorded)
        {
            var record = new DecisionRecord(batch, keeper.TakeUnrecorded());
            await Workflow.ExecuteActivityAsync(
                (ILedgerActivities ledger) => ledger.RecordDecisionAsync(record),
                ActivityTimeouts.Ledger($"Record {record.Decision.Who}'s {record.Decision.Answer}"));
        }
    }

    private void See(IReadOnlyList<CheckResult> checks)
    {
        var voided = keeper.Measured(checks);
        if (voided.Count > 0)
        {
            narrator.Notify(NoticeKind.DecisionsVoided, "The evidence has changed, and decisions about the old one no longer count. Read it and decide again.", voided);
        }
    }

    /// <summary>Waits until people have decided, or until it is time to look at the evidence again.</summary>
    private async Task HearPeopleAsync()
    {
        var look = keeper.NextLook(Workflow.UtcNow);
        while (keeper.Stand(Workflow.UtcNow) == Standing.Waiting && Workflow.UtcNow < look && !HistoryIsLong)
        {
            var until = keeper.NextNotice is { } notice && notice < look ? notice : look;
            await Reins.WaitAsync(() => Workflow.WaitConditionWithOptionsAsync(new(
                () => keeper.HasUnrecorded || reins.Aborted || HistoryIsLong,
                until > Workflow.UtcNow ? until - Workflow.UtcNow : TimeSpan.Zero,
                keeper.ReasonToWake(until))));
            await RecordDecisionsAsync();
            Remind();
            await reins.RestAsync();
        }
    }

    private void Remind()
    {
        var gate = keeper.View!.Gate;
        if (keeper.TakeNotice(Workflow.UtcNow) is not { } due || keeper.Stand(Workflow.UtcNow) != Standing.Waiting)
        {
            return;
        }

        var expiry = keeper.View.ExpiresAt is { } expires ? $" It expires at {expires:yyyy-MM-dd HH:mm} UTC." : "";
        narrator.Notify(
            due,
            $"{gate.Question} Still waiting for {gate.Quorum - keeper.View.Counted.Count} of {GateRules.Describe(gate)}.{expiry}",
            due == NoticeKind.Escalation ? gate.EscalateTo ?? [] : []);
    }
}
