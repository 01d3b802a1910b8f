namespace Orchestrator.Workflows.Status;

/// <summary>Whom or what a batch waits for, in a few words; null while it works.</summary>
public static class WaitingFor
{
    public static string? Describe(BatchStatus status) => status switch
    {
        { Phase: BatchPhase.Closed } => null,
        { Phase: BatchPhase.NeedsPerson } => "a person: retry or skip",
        { Paused: true } => "resume",
        { Phase: BatchPhase.Gate, Gate: { } gate } => $"{gate.Quorum - gate.Counted.Count} of {gate.WaitingFor}",
        _ => null,
    };
}
