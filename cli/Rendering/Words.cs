using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Rendering;

internal static class Words
{
    public static string Of(StepPhase phase) => phase switch
    {
        StepPhase.Waiting => "is waiting",
        StepPhase.Running => "is running",
        StepPhase.Done => "is done",
        StepPhase.Failed => "failed",
        StepPhase.Undoing => "is being undone",
        StepPhase.Undone => "is undone",
        StepPhase.UndoSkipped => "was left as it is",
        _ => throw new InvalidOperationException($"No words for {phase}."),
    };

    public static string Of(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "passed",
        Verdict.Fail => "failed",
        Verdict.Inconclusive => "inconclusive",
        _ => throw new InvalidOperationException($"No words for {verdict}."),
    };

    /// <summary>The innermost failure of a workflow says what happened; the outer ones only say where.</summary>
    public static string Innermost(Exception failure)
    {
        var inner = failure;
        while (inner is WorkflowFailedException or ActivityFailureException or ChildWorkflowFailureException && inner.InnerException is { } next)
        {
            inner = next;
        }

        return inner.Message;
    }

    public static string Of(SteeringAct act) => act switch
    {
        SteeringAct.Pause => "paused",
        SteeringAct.Resume => "goes on",
        SteeringAct.Abort => "stopping, and taking back what was done",
        SteeringAct.Retry => "the undo is tried again",
        SteeringAct.Skip => "the undo is left as it is",
        _ => throw new InvalidOperationException($"No words for {act}."),
    };

    public static string Of(BatchPhase phase) => phase switch
    {
        BatchPhase.Opening => "opening",
        BatchPhase.Prechecks => "measuring its prechecks",
        BatchPhase.Steps => "running its steps",
        BatchPhase.Postchecks => "measuring its postchecks",
        BatchPhase.Gate => "at its gate",
        BatchPhase.Undoing => "being taken back",
        BatchPhase.NeedsPerson => "needs a person",
        BatchPhase.Closed => "ended",
        _ => throw new InvalidOperationException($"No words for {phase}."),
    };

    public static string Of(Outcome outcome) => outcome switch
    {
        Outcome.Done => "done",
        Outcome.Undone => "taken back",
        Outcome.Refused => "refused",
        Outcome.Failed => "failed",
        _ => throw new InvalidOperationException($"No words for {outcome}."),
    };
}
