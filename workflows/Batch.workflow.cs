using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>One reversible unit: either all of it is there and people said go, or none of it is.</summary>
[Workflow]
public sealed class BatchWorkflow
{
    private readonly BatchReference _batch;
    private readonly BatchBoard _board;
    private readonly Saga _saga = new();
    private readonly Reins _reins = new();
    private readonly GateKeeper _gate;
    private UndoAnswer? _undoAnswer;

    [WorkflowInit]
    public BatchWorkflow(BatchInput input)
    {
        var run = input.Run ?? Guid.Parse(Workflow.Info.FirstExecutionRunId);
        _batch = new BatchReference(new RunReference(run, input.Plan, input.Environment, input.Requester), input.Batch, Workflow.Info.WorkflowId);
        _board = new BatchBoard(input.Batch);
        _gate = new GateKeeper(_batch);
    }

    [WorkflowQuery("status")]
    public BatchStatus Status => _board.Read(_reins.Paused, _gate);

    [WorkflowRun]
    public async Task<BatchOutcome> RunAsync(BatchInput input)
    {
        var batch = await OpenAsync(input);
        try
        {
            await PrecheckAsync(batch);
            foreach (var step in batch.Steps)
            {
                await TakeAsync(step);
            }

            await PostcheckAsync(batch);
            await PassGateAsync(batch);
            return await CloseAsync(new BatchOutcome(Outcome.Done, null, null));
        }
        catch (StopException stop)
        {
            return await CloseAsync(await TakeBackAsync(stop));
        }
    }

    [WorkflowSignal("go")]
    public async Task GoAsync(Word word) => Hear(Decision.Of(Gates.Answer.Go, word));

    [WorkflowSignal("no-go")]
    public async Task NoGoAsync(Word word) => Hear(Decision.Of(Gates.Answer.NoGo, word));

    [WorkflowUpdate("decide")]
    public async Task<GateStatus> DecideAsync(Decision decision)
    {
        Hear(decision);
        return Status.Gate!;
    }

    [WorkflowUpdateValidator(nameof(DecideAsync))]
    public void ValidateDecision(Decision decision)
    {
        if (_gate.Refuse(decision) is { } refusal)
        {
            throw new ApplicationFailureException(refusal, errorType: "Refusal", nonRetryable: true);
        }
    }

    [WorkflowSignal("pause")]
    public async Task PauseAsync()
    {
        _reins.Pause();
        Tell();
    }

    [WorkflowSignal("resume")]
    public async Task ResumeAsync()
    {
        _reins.Resume();
        Tell();
    }

    [WorkflowSignal("abort")]
    public async Task AbortAsync(string reason = "Aborted by signal.") => _reins.Abort(reason);

    /// <summary>Tries a failed undo again.</summary>
    [WorkflowSignal("retry")]
    public async Task RetryAsync() => Answer(new UndoAnswer(Skip: null));

    /// <summary>Leaves a failed undo as it is, and says why.</summary>
    [WorkflowSignal("skip")]
    public async Task SkipAsync(string reason = "Skipped by signal.") => Answer(new UndoAnswer(reason));

    private async Task<BatchOutline> OpenAsync(BatchInput input)
    {
        if (input.Run is null)
        {
            await Workflow.ExecuteActivityAsync(
                (ILedgerActivities ledger) => ledger.OpenRunAsync(_batch.Run), ActivityTimeouts.Ledger("Open the run"));
        }

        var batch = await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.OpenBatchAsync(_batch), ActivityTimeouts.Ledger("Open the batch"));
        _board.Open(batch);
        return batch;
    }

    private async Task PrecheckAsync(BatchOutline batch)
    {
        if (!batch.HasPrechecks)
        {
            return;
        }

        Enter(BatchPhase.Prechecks);
        _board.Prechecks = await MeasureAsync(CheckMoment.Precheck);
        // Nothing has been done yet, so a failed precheck of either severity costs nothing but the answer.
        StopOn(_board.Prechecks, c => c.Severity != Severity.Warn && c.Verdict != Verdict.Pass, StopCause.Precheck);
    }

    private async Task TakeAsync(StepOutline step)
    {
        Enter(BatchPhase.Steps);
        await _reins.RestAsync();
        _saga.Register(step);
        Show(step, StepPhase.Running);
        try
        {
            var effect = await _reins.RunAsync(interrupt => ExecuteAsync(step, interrupt), StopCause.StepFailed);
            _board.Show(step, StepPhase.Done, effect);
        }
        catch (StopException stop)
        {
            Show(step, StepPhase.Failed, stop.Message);
            throw;
        }
    }

    private Task<StepEffect> ExecuteAsync(StepOutline step, CancellationToken interrupt)
    {
        var reference = new StepReference(_batch, step.Id);
        var options = ActivityTimeouts.Step(step.Title, interrupt);
        return step.Kind switch
        {
            StepKind.Ddl => Workflow.ExecuteActivityAsync((IScriptActivities scripts) => scripts.ApplyDdlAsync(reference), options),
            StepKind.Sql => Workflow.ExecuteActivityAsync((IScriptActivities scripts) => scripts.RunSqlAsync(reference), options),
            StepKind.Backfill => Workflow.ExecuteActivityAsync((IBackfillActivities backfills) => backfills.BackfillAsync(reference), options),
            _ => throw new InvalidOperationException($"No activity takes a step of kind {step.Kind}."),
        };
    }

    private async Task PostcheckAsync(BatchOutline batch)
    {
        if (!batch.HasPostchecks)
        {
            return;
        }

        Enter(BatchPhase.Postchecks);
        _board.Postchecks = await MeasureAsync(CheckMoment.Postcheck);
        StopOn(_board.Postchecks, c => c.Severity == Severity.HardStop && c.Verdict == Verdict.Fail, StopCause.HardStop);
    }

    private async Task PassGateAsync(BatchOutline batch)
    {
        if (batch.Gate is not { } gate)
        {
            // Without people to ask, a check that holds the gate shut can only stop the batch.
            StopOn(_board.Postchecks, c => c.Severity != Severity.Warn && c.Verdict != Verdict.Pass, StopCause.HardStop);
            return;
        }

        _gate.Open(gate, _board.Postchecks, Workflow.UtcNow);
        while (true)
        {
            Enter(BatchPhase.Gate);
            await HearPeopleAsync();
            if (_gate.Stand(Workflow.UtcNow) == Standing.NoGo)
            {
                throw new StopException(StopCause.NoGo, _gate.NoGoReason());
            }

            // Measured again before acting: a go is about what is true now, not about what was true when it was asked for.
            await PostcheckAsync(batch);
            _gate.Measured(_board.Postchecks);
            await _reins.RestAsync();
            switch (_gate.Stand(Workflow.UtcNow))
            {
                case Standing.Go:
                    await RecordDecisionsAsync();
                    return;
                case Standing.Expired:
                    throw new StopException(StopCause.Expired, "Nobody decided in time; a gate that expires counts as no-go.");
            }
        }
    }

    /// <summary>Waits until people have decided, or until it is time to look at the evidence again.</summary>
    private async Task HearPeopleAsync()
    {
        var until = _gate.NextLook(Workflow.UtcNow);
        while (_gate.Stand(Workflow.UtcNow) == Standing.Waiting && Workflow.UtcNow < until)
        {
            await Reins.WaitAsync(() => Workflow.WaitConditionAsync(
                () => _gate.HasUnrecorded || _reins.Aborted, until - Workflow.UtcNow));
            await RecordDecisionsAsync();
            await _reins.RestAsync();
        }
    }

    private async Task RecordDecisionsAsync()
    {
        while (_gate.HasUnrecorded)
        {
            var record = new DecisionRecord(_batch, _gate.TakeUnrecorded());
            await Workflow.ExecuteActivityAsync(
                (ILedgerActivities ledger) => ledger.RecordDecisionAsync(record),
                ActivityTimeouts.Ledger($"Record {record.Decision.Who}'s {record.Decision.Answer}"));
        }
    }

    private async Task<BatchOutcome> TakeBackAsync(StopException stop)
    {
        await RecordDecisionsAsync();
        _board.Reason = stop.Message;
        if (_saga.IsEmpty)
        {
            return new BatchOutcome(stop.Cause == StopCause.Precheck ? Outcome.Refused : Outcome.Undone, stop.Cause, stop.Message);
        }

        var outcome = Outcome.Undone;
        Enter(BatchPhase.Undoing);
        while (!_saga.IsEmpty)
        {
            if (!await TryUndoAsync(_saga.Next))
            {
                outcome = Outcome.Failed;
            }
        }

        return new BatchOutcome(outcome, stop.Cause, stop.Message);
    }

    /// <summary>False when a person chose to leave the step as it is.</summary>
    private async Task<bool> TryUndoAsync(StepOutline step)
    {
        Show(step, StepPhase.Undoing);
        var reference = new StepReference(_batch, step.Id);
        try
        {
            var effect = await Workflow.ExecuteActivityAsync(
                (IScriptActivities scripts) => scripts.UndoAsync(reference),
                ActivityTimeouts.Step($"Undo: {step.Title}", CancellationToken.None));
            _board.Show(step, StepPhase.Undone, effect);
            _saga.Settle(step);
            return true;
        }
        catch (ActivityFailureException e)
        {
            return await AskPersonAsync(step, StopException.ReasonOf(e));
        }
    }

    private async Task<bool> AskPersonAsync(StepOutline step, string reason)
    {
        _undoAnswer = null;
        Show(step, StepPhase.Failed, reason);
        Enter(BatchPhase.NeedsPerson);
        await Workflow.WaitConditionAsync(() => _undoAnswer is not null, CancellationToken.None);
        Enter(BatchPhase.Undoing);
        if (_undoAnswer!.Skip is not { } skipped)
        {
            return true;
        }

        Show(step, StepPhase.UndoSkipped, skipped);
        _saga.Settle(step);
        return false;
    }

    private async Task<BatchOutcome> CloseAsync(BatchOutcome outcome)
    {
        _board.Outcome = outcome;
        var closing = new BatchClosing(_batch, outcome);
        await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.CloseBatchAsync(closing), ActivityTimeouts.Ledger("Close the batch"));
        await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
        Enter(BatchPhase.Closed);
        return outcome;
    }

    private Task<IReadOnlyList<CheckResult>> MeasureAsync(CheckMoment moment)
    {
        var round = new CheckRound(_batch, moment);
        return _reins.RunAsync(
            interrupt => Workflow.ExecuteActivityAsync(
                (ICheckActivities checks) => checks.MeasureAsync(round),
                ActivityTimeouts.Checks($"Measure the {moment.ToString().ToLowerInvariant()}s", interrupt)),
            moment == CheckMoment.Precheck ? StopCause.Precheck : StopCause.HardStop);
    }

    private static void StopOn(IReadOnlyList<CheckResult> checks, Func<CheckResult, bool> stops, StopCause cause)
    {
        var failed = checks.Where(stops).Select(c => $"{c.Title}: {c.Explanation ?? c.Measured}, wanted {c.Rule}").ToList();
        if (failed.Count > 0)
        {
            throw new StopException(cause, string.Join("; ", failed));
        }
    }

    private void Hear(Decision decision)
    {
        _gate.Hear(decision, Workflow.UtcNow);
        Tell();
    }

    private void Answer(UndoAnswer answer)
    {
        if (_board.Phase == BatchPhase.NeedsPerson)
        {
            _undoAnswer = answer;
        }
    }

    private void Enter(BatchPhase phase)
    {
        _board.Phase = phase;
        Tell();
    }

    private void Show(StepOutline step, StepPhase phase, string? note = null)
    {
        _board.Show(step, phase, note);
        Tell();
    }

    private void Tell() => Workflow.CurrentDetails = Story.Tell(Status);

    private sealed record UndoAnswer(string? Skip);
}
