using Microsoft.Extensions.Logging;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>One run of a plan on one environment: its batches as children, in the order of their needs.</summary>
[Workflow]
public sealed class ProgramWorkflow
{
    private readonly RunReference _run;
    private readonly List<BatchLine> _lines = [];
    private ChildWorkflowHandle<BatchWorkflow, BatchOutcome>? _current;
    private ProgramOutline? _plan;
    private ProgramOutcome? _outcome;
    private string? _aborted;
    private IReadOnlyList<Artifact> _artifacts = [];
    private bool _paused;

    [WorkflowInit]
    public ProgramWorkflow(ProgramInput input) =>
        _run = new RunReference(Guid.Parse(Workflow.Info.FirstExecutionRunId), input.Plan, input.Environment, input.Requester);

    [WorkflowQuery("status")]
    public ProgramStatus Status => new()
    {
        Plan = _plan?.Name ?? "",
        Title = _plan?.Title ?? "",
        Digest = _run.Plan,
        Environment = _run.Environment,
        Paused = _paused,
        Batches = [.. _lines],
        Artifacts = _artifacts,
        Outcome = _outcome,
    };

    [WorkflowRun]
    public async Task<ProgramOutcome> RunAsync(ProgramInput input)
    {
        _plan = await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.OpenRunAsync(_run), ActivityTimeouts.Ledger("Open the run"));
        var batches = BatchOrder.Sort(_plan.Batches, b => b.Id, b => b.Needs);
        if (_plan.IsIndexed)
        {
            Workflow.UpsertTypedSearchAttributes(SearchKeys.Plan.ValueSet(_plan.Name), SearchKeys.Environment.ValueSet(_run.Environment));
        }

        Workflow.UpsertMemo(MemoUpdate.ValueSet("plan", _plan.Name), MemoUpdate.ValueSet("digest", _run.Plan), MemoUpdate.ValueSet("requester", _run.Requester));
        _lines.AddRange(batches.Select(b => new BatchLine(b.Id, b.Title, IdOf(b), BatchLineState.Waiting, null)));
        foreach (var batch in batches)
        {
            var outcome = await RunBatchAsync(batch, input);
            if (outcome.Outcome != Outcome.Done)
            {
                return await CloseAsync(new ProgramOutcome(outcome.Outcome, batch.Id, outcome.Cause, outcome.Reason));
            }
        }

        return await CloseAsync(new ProgramOutcome(Outcome.Done, null, null, null));
    }

    [WorkflowSignal("pause")]
    public async Task PauseAsync() => await PassOnAsync(SteeringAct.Pause, null);

    [WorkflowSignal("resume")]
    public async Task ResumeAsync() => await PassOnAsync(SteeringAct.Resume, null);

    [WorkflowSignal("abort")]
    public async Task AbortAsync(string? reason = null) => await PassOnAsync(SteeringAct.Abort, reason ?? "Aborted by signal.");

    /// <summary>Pause, resume or abort for callers who want to be answered; what concerns one undo is for its batch.</summary>
    [WorkflowUpdate("steer")]
    public async Task<ProgramStatus> SteerAsync(SteeringAct act, Steer steer)
    {
        await PassOnAsync(act, steer.Tell(act == SteeringAct.Abort ? "Aborted" : $"{act}"));
        return Status;
    }

    [WorkflowUpdateValidator(nameof(SteerAsync))]
    public void ValidateSteering(SteeringAct act, Steer steer)
    {
        var phase = _outcome is null ? BatchPhase.Steps : BatchPhase.Closed;
        var refusal = act is SteeringAct.Retry or SteeringAct.Skip
            ? $"'{act.ToString().ToLowerInvariant()}' is for the batch whose undo has failed, not for the program."
            : SteeringRules.Refuse(act, steer, phase, _paused);
        if (refusal is not null)
        {
            throw new ApplicationFailureException(refusal, errorType: "Refusal", nonRetryable: true);
        }
    }

    private async Task PassOnAsync(SteeringAct act, string? reason)
    {
        _paused = act == SteeringAct.Pause || (act != SteeringAct.Resume && _paused);
        _aborted ??= act == SteeringAct.Abort ? reason : null;
        if (_current is not { } batch)
        {
            return;
        }

        try
        {
            await (act switch
            {
                SteeringAct.Pause => batch.SignalAsync(b => b.PauseAsync()),
                SteeringAct.Resume => batch.SignalAsync(b => b.ResumeAsync()),
                _ => batch.SignalAsync(b => b.AbortAsync(reason!)),
            });
        }
        catch (ApplicationFailureException gone)
        {
            // It has ended at this very moment; the next one is told when it starts.
            Workflow.Logger.LogInformation(gone, "Batch {Batch} could not be told to {Act}", batch.Id, act);
        }
    }

    private async Task<BatchOutcome> RunBatchAsync(BatchEntry batch, ProgramInput input)
    {
        await Workflow.WaitConditionAsync(() => !_paused || _aborted is not null);
        if (_aborted is { } reason)
        {
            return new BatchOutcome(Outcome.Undone, StopCause.Aborted, reason);
        }

        var outcome = await TryRunAsync(batch, input);
        _current = null;
        Show(batch, BatchLineState.Closed, outcome);
        return outcome;
    }

    private async Task<BatchOutcome> TryRunAsync(BatchEntry batch, ProgramInput input)
    {
        var child = new BatchInput
        {
            Plan = input.Plan,
            Environment = input.Environment,
            Batch = batch.Id,
            Requester = input.Requester,
            Run = _run.Run,
        };
        try
        {
            _current = await Workflow.StartChildWorkflowAsync(
                (BatchWorkflow workflow) => workflow.RunAsync(child),
                new ChildWorkflowOptions { Id = IdOf(batch), StaticSummary = batch.Title });
            // Not before it has started: who reads 'running' asks the batch next, and must find this run of it.
            Show(batch, BatchLineState.Running, null);
            await ForwardAsync(_current);
            return await _current.GetResultAsync();
        }
        catch (ChildWorkflowFailureException e)
        {
            return new BatchOutcome(Outcome.Failed, null, StopException.ReasonOf(e));
        }
    }

    // What people said while the child was being started, when there was nobody yet to tell.
    private async Task ForwardAsync(ChildWorkflowHandle<BatchWorkflow, BatchOutcome> batch)
    {
        if (_aborted is { } reason)
        {
            await batch.SignalAsync(b => b.AbortAsync(reason));
        }
        else if (_paused)
        {
            await batch.SignalAsync(b => b.PauseAsync());
        }
    }

    private async Task<ProgramOutcome> CloseAsync(ProgramOutcome outcome)
    {
        var request = new ReportRequest(_run, null, Workflow.UtcNow);
        _artifacts = await Workflow.ExecuteActivityAsync(
            (IReportActivities reports) => reports.ReportAsync(request), ActivityTimeouts.Ledger("Write the report"));
        var closing = new RunClosing(_run, outcome.Outcome);
        await Workflow.ExecuteActivityAsync(
            (ILedgerActivities ledger) => ledger.CloseRunAsync(closing), ActivityTimeouts.Ledger("Close the run"));
        _outcome = outcome;
        await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished, CancellationToken.None);
        return outcome;
    }

    private void Show(BatchEntry batch, BatchLineState state, BatchOutcome? outcome)
    {
        var at = _lines.FindIndex(l => l.Id == batch.Id);
        _lines[at] = _lines[at] with { State = state, Outcome = outcome };
        Workflow.CurrentDetails = Story.Tell(Status);
    }

    private string IdOf(BatchEntry batch) => WorkflowIds.Batch(Workflow.Info.WorkflowId, batch.Id);
}
