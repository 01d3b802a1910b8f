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
    private readonly TransferReins _transfer = new();
    private readonly GateKeeper _gate;
    private readonly Narrator _narrator;
    private readonly Reporter _reporter;
    private readonly GatePassage _passage;
    private readonly Unwinding _unwinding;

    [WorkflowInit]
    public BatchWorkflow(BatchInput input)
    {
        var run = input.Run ?? Guid.Parse(Workflow.Info.FirstExecutionRunId);
        _batch = new BatchReference(new RunReference(run, input.Plan, input.Environment, input.Requester), input.Batch, Workflow.Info.WorkflowId);
        _board = new BatchBoard(input.Batch);
        _gate = new GateKeeper(_batch);
        _narrator = new Narrator(_batch, _board, _reins, _gate);
        _reporter = new Reporter(_batch, _board);
        _passage = new GatePassage(_batch, _gate, _reins, _narrator);
        _unwinding = new Unwinding(_batch, _saga, _narrator);
    }

    [WorkflowQuery("status")]
    public BatchStatus Status => _narrator.Status;

    [WorkflowRun]
    public async Task<BatchOutcome> RunAsync(BatchInput input)
    {
        var batch = input.Carry is { } carry ? Resume(carry) : await OpenAsync(input);
        try
        {
            if (input.Rollback is { } reason)
            {
                throw await RollBackAsync(batch, reason);
            }

            if (input.Carry is null)
            {
                await GoForwardAsync(batch);
            }

            await PassGateAsync(batch, input);
            return await CloseAsync(new BatchOutcome(Outcome.Done, null, null), input);
        }
        catch (StopException stop)
        {
            await _passage.RecordDecisionsAsync();
            _board.Reason = stop.Message;
            return await CloseAsync(await _unwinding.RunAsync(stop), input);
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
    public void ValidateDecision(Decision decision) => Refuse(_gate.Refuse(decision, Workflow.UtcNow));

    [WorkflowSignal("pause")]
    public async Task PauseAsync() => await TakeAsync(SteeringAct.Pause, new Steer());

    [WorkflowSignal("resume")]
    public async Task ResumeAsync() => await TakeAsync(SteeringAct.Resume, new Steer());

    /// <summary>Ends the way forward, or interrupts the undo that runs.</summary>
    [WorkflowSignal("abort")]
    public async Task AbortAsync(string? reason = null) => await TakeAsync(SteeringAct.Abort, new Steer { Reason = reason ?? "Aborted by signal." });

    /// <summary>Tries a failed undo again: as it is, or with the script that is sent along.</summary>
    [WorkflowSignal("retry")]
    public Task RetryAsync(UndoCorrection? correction = null) =>
        correction is null ? TakeAsync(SteeringAct.Retry, new Steer()) : _unwinding.TryCorrectAsync(correction, _board.Phase);

    /// <summary>Leaves a failed undo as it is, and says why.</summary>
    [WorkflowSignal("skip")]
    public async Task SkipAsync(string? reason = null) => await TakeAsync(SteeringAct.Skip, new Steer { Reason = reason ?? "Skipped by signal." });

    /// <summary>Changes the transfer that is running; where there is none, there is nothing to change.</summary>
    [WorkflowSignal("tune")]
    public Task TuneAsync(Tuning? tuning) => _transfer.TuneAsync(tuning ?? new Tuning());

    /// <summary>The same acts for callers who want to be answered, and who say who they are.</summary>
    [WorkflowUpdate("steer")]
    public async Task<BatchStatus> SteerAsync(SteeringAct act, Steer steer)
    {
        await TakeAsync(act, steer);
        return Status;
    }

    [WorkflowUpdateValidator(nameof(SteerAsync))]
    public void ValidateSteering(SteeringAct act, Steer steer) => Refuse(SteeringRules.Refuse(act, steer, _board.Phase, _reins.Paused));

    /// <summary>Tries a failed undo again, with a script that somebody has corrected.</summary>
    [WorkflowUpdate("correct")]
    public async Task<BatchStatus> CorrectAsync(UndoCorrection correction)
    {
        await _unwinding.CorrectAsync(correction);
        return Status;
    }

    [WorkflowUpdateValidator(nameof(CorrectAsync))]
    public void ValidateCorrection(UndoCorrection correction) => Refuse(UndoCorrectionRules.Refuse(correction, _board.Phase));

    private static void Refuse(string? refusal)
    {
        if (refusal is not null)
        {
            throw new ApplicationFailureException(refusal, errorType: "Refusal", nonRetryable: true);
        }
    }

    private async Task<BatchOutline> OpenAsync(BatchInput input)
    {
        if (input.Run is null)
        {
            await Workflow.ExecuteActivityAsync(
                (ILedgerActivities ledger) => ledger.OpenRunAsync(_batch.Run), ActivityTimeouts.Ledger("Open the run"));
        }

        var batch = await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.OpenBatchAsync(_batch), ActivityTimeouts.Ledger("Open the batch"));
        _narrator.Open(batch);
        return batch;
    }

    private BatchOutline Resume(BatchCarry carry)
    {
        _narrator.Resume(carry);
        _reporter.Resume(carry.Artifacts);
        foreach (var step in carry.Outline.Steps)
        {
            _saga.Register(step);
        }

        _gate.Resume(carry.Gate);
        if (carry.Paused)
        {
            _reins.Pause();
        }

        return carry.Outline;
    }

    private async Task GoForwardAsync(BatchOutline batch)
    {
        await PrecheckAsync(batch);
        foreach (var step in batch.Steps)
        {
            await TakeAsync(step);
        }

        await PostcheckAsync(batch);
    }

    /// <summary>All steps of a finished batch, as if each had just been taken.</summary>
    private async Task<StopException> RollBackAsync(BatchOutline batch, string reason)
    {
        try
        {
            await Workflow.ExecuteActivityAsync(
                (ILedgerActivities ledger) => ledger.PrepareRollbackAsync(_batch), ActivityTimeouts.Ledger("Keep the evidence of what is taken back"));
        }
        catch (ActivityFailureException e)
        {
            return new StopException(StopCause.Precheck, StopException.ReasonOf(e));
        }

        foreach (var step in batch.Steps)
        {
            _saga.Register(step);
        }

        return new StopException(StopCause.RolledBack, $"{_batch.Run.Requester} asked for it: {reason}");
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
            StepKind.Seed => Workflow.ExecuteActivityAsync((IOwnUndoActivities steps) => steps.SeedAsync(reference), options),
            StepKind.Flag => Workflow.ExecuteActivityAsync((IOwnUndoActivities steps) => steps.SetFlagAsync(reference), options),
            StepKind.Smoke => Workflow.ExecuteActivityAsync((IOwnUndoActivities steps) => steps.TryOutAsync(reference), options),
            _ when step.Kind.MovesRows() => _transfer.RunAsync(step, reference, interrupt),
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
        await _reporter.WriteAsync();
        StopOn(_board.Postchecks, c => c.Severity == Severity.HardStop && c.Verdict == Verdict.Fail, StopCause.HardStop);
    }

    private async Task PassGateAsync(BatchOutline batch, BatchInput input)
    {
        // A rehearsal asks nobody: what it finds is what people will be shown when it counts.
        if (batch.Gate is not { } gate || EnvironmentName.Parse(_batch.Run.Environment).IsRehearsal)
        {
            // Without people to ask, a check that holds the gate shut can only stop the batch.
            StopOn(_board.Postchecks, c => c.Severity != Severity.Warn && c.Verdict != Verdict.Pass, StopCause.HardStop);
            return;
        }

        if (input.Carry is null)
        {
            _passage.Open(gate, _board.Postchecks);
        }

        if (!await _passage.PassAsync(() => MeasureAgainAsync(batch)))
        {
            throw await ContinueAsync(batch, input);
        }
    }

    private async Task<IReadOnlyList<CheckResult>> MeasureAgainAsync(BatchOutline batch)
    {
        await PostcheckAsync(batch);
        return _board.Postchecks;
    }

    private async Task<ContinueAsNewException> ContinueAsync(BatchOutline batch, BatchInput input)
    {
        await _narrator.CloseAsync();
        await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
        await _passage.RecordDecisionsAsync();
        var next = input with
        {
            Run = _batch.Run.Run,
            IsAlone = input.IsRunOfItsOwn,
            Carry = new BatchCarry
            {
                Outline = batch,
                Steps = Status.Steps,
                Prechecks = _board.Prechecks,
                Postchecks = _board.Postchecks,
                Artifacts = _board.Artifacts,
                Gate = _gate.Carry(),
                Paused = _reins.Paused,
            },
        };
        return Workflow.CreateContinueAsNewException((BatchWorkflow workflow) => workflow.RunAsync(next));
    }

    private async Task<BatchOutcome> CloseAsync(BatchOutcome outcome, BatchInput input)
    {
        _board.Outcome = outcome;
        var closing = new BatchClosing(_batch, outcome);
        await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.CloseBatchAsync(closing), ActivityTimeouts.Ledger("Close the batch"));
        if (input.IsRunOfItsOwn)
        {
            var run = new RunClosing(_batch.Run, outcome.Outcome);
            await Workflow.ExecuteActivityAsync((ILedgerActivities ledger) => ledger.CloseRunAsync(run), ActivityTimeouts.Ledger("Close the run"));
        }

        _narrator.Notify(NoticeKind.Closed, Story.TellOutcome(outcome));
        await _narrator.CloseAsync();
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
        _narrator.Tell();
    }

    /// <summary>An act that makes no sense now, which only a signal can be, changes nothing.</summary>
    private async Task TakeAsync(SteeringAct act, Steer steer)
    {
        switch (act, _board.Phase)
        {
            case (_, BatchPhase.Closed):
            case (SteeringAct.Retry or SteeringAct.Skip, not BatchPhase.NeedsPerson):
                return;
            case (SteeringAct.Pause, _):
                _reins.Pause();
                break;
            case (SteeringAct.Resume, _):
                _reins.Resume();
                break;
            case (SteeringAct.Abort, BatchPhase.Undoing):
                _unwinding.Interrupt(steer.Tell("Interrupted"));
                break;
            case (SteeringAct.Abort, _):
                _reins.Abort(steer.Who is null ? steer.Reason! : steer.Tell("Aborted"));
                break;
            case (SteeringAct.Retry, _):
                _unwinding.Retry();
                break;
            case (SteeringAct.Skip, _):
                _unwinding.Skip(steer.Who is null ? steer.Reason! : steer.Tell("Skipped"));
                break;
        }

        _narrator.Tell();
        var record = new SteeringRecord(_batch, act, steer.Who, steer.Reason, Workflow.UtcNow);
        await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.RecordSteeringAsync(record), ActivityTimeouts.Ledger($"Record the {act.ToString().ToLowerInvariant()}"));
    }

    private void Enter(BatchPhase phase) => _narrator.Enter(phase);

    private void Show(StepOutline step, StepPhase phase, string? note = null) => _narrator.Show(step, phase, note);
}
