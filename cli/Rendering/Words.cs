using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;

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
}
