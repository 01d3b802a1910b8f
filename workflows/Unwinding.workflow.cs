using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>Takes a batch back, last step first; where an undo fails, a person decides.</summary>
internal sealed class Unwinding(BatchReference batch, Saga saga, Narrator narrator)
{
    private CancellationTokenSource? _interrupt;
    private UndoAnswer? _answer;
    private StepOutline? _asked;
    private string? _interrupted;

    public async Task<BatchOutcome> RunAsync(StopException stop)
    {
        if (saga.IsEmpty)
        {
            return new BatchOutcome(stop.Cause == StopCause.Precheck ? Outcome.Refused : Outcome.Undone, stop.Cause, stop.Message);
        }

        var outcome = Outcome.Undone;
        narrator.Enter(BatchPhase.Undoing);
        while (!saga.IsEmpty)
        {
            if (!await TryUndoAsync(saga.Next))
            {
                outcome = Outcome.Failed;
            }
        }

        return new BatchOutcome(outcome, stop.Cause, stop.Message);
    }

    /// <summary>Stops the undo that runs; a person then says how it goes on.</summary>
    public void Interrupt(string reason)
    {
        _interrupted = reason;
        _interrupt?.Cancel();
    }

    public void Retry() => _answer = new UndoAnswer(Skip: null);

    public void Skip(string reason) => _answer = new UndoAnswer(reason);

    /// <summary>Puts a person's script in the place of the undo that failed, and tries again.</summary>
    public async Task CorrectAsync(UndoCorrection correction)
    {
        var step = saga.Next;
        var record = new CorrectionRecord(new StepReference(batch, step.Id), correction, Workflow.UtcNow);
        try
        {
            await Workflow.ExecuteActivityAsync(
                (ILedgerActivities ledger) => ledger.RecordCorrectionAsync(record), ActivityTimeouts.Ledger($"Record {correction.Who}'s correction"));
        }
        catch (ActivityFailureException e)
        {
            throw new ApplicationFailureException(StopException.ReasonOf(e), errorType: "Refusal", nonRetryable: true);
        }

        // Somebody else may have answered in the meantime.
        if (_asked == step)
        {
            Retry();
        }
    }

    /// <summary>The same for a signal, which nobody is there to answer: why it was not taken is shown with the step.</summary>
    public async Task TryCorrectAsync(UndoCorrection correction, BatchPhase phase)
    {
        if (phase != BatchPhase.NeedsPerson)
        {
            return;
        }

        var refusal = UndoCorrectionRules.Refuse(correction, phase);
        try
        {
            await (refusal is null ? CorrectAsync(correction) : Task.CompletedTask);
        }
        catch (ApplicationFailureException e)
        {
            refusal = e.Message;
        }

        if (refusal is not null && _asked is { } step)
        {
            narrator.Show(step, StepPhase.Failed, $"The correction was not taken: {refusal}");
        }
    }

    /// <summary>False when a person chose to leave the step as it is.</summary>
    private async Task<bool> TryUndoAsync(StepOutline step)
    {
        narrator.Show(step, StepPhase.Undoing);
        var reference = new StepReference(batch, step.Id);
        using var interrupt = new CancellationTokenSource();
        (_interrupt, _interrupted) = (interrupt, null);
        try
        {
            var effect = await Workflow.ExecuteActivityAsync(
                (IScriptActivities scripts) => scripts.UndoAsync(reference),
                ActivityTimeouts.Step($"Undo: {step.Title}", interrupt.Token));
            narrator.Show(step, StepPhase.Undone, effect);
            saga.Settle(step);
            return true;
        }
        catch (Exception e) when (e is ActivityFailureException || TemporalException.IsCanceledException(e))
        {
            return await AskPersonAsync(step, _interrupted ?? StopException.ReasonOf(e));
        }
        finally
        {
            _interrupt = null;
        }
    }

    private async Task<bool> AskPersonAsync(StepOutline step, string reason)
    {
        _answer = null;
        narrator.Show(step, StepPhase.Failed, reason);
        narrator.Enter(BatchPhase.NeedsPerson);
        narrator.Notify(NoticeKind.PersonNeeded, $"The undo of '{step.Title}' has stopped: {reason} It waits for 'retry', with a corrected script if it takes one, or for 'skip' with a reason.");
        _asked = step;
        await Workflow.WaitConditionAsync(() => _answer is not null, CancellationToken.None);
        _asked = null;
        narrator.Enter(BatchPhase.Undoing);
        if (_answer!.Skip is not { } skipped)
        {
            return true;
        }

        narrator.Show(step, StepPhase.UndoSkipped, skipped);
        saga.Settle(step);
        return false;
    }

    private sealed record UndoAnswer(string? Skip);
}
