namespace Orchestrator.Activities.Ledger;

internal enum StepMove
{
    Begin,
    BeginAgain,
    Continue,
    TakeBack,
    Nothing,
}

/// <summary>What opening a step means, given how the last one left it.</summary>
internal static class StepDoor
{
    public static StepMove Decide(StepKey key, StepRow? row, string digest, Direction direction) => (direction, row?.State) switch
    {
        (Direction.Do, null) => StepMove.Begin,
        (Direction.Do, StepState.Undone) => StepMove.BeginAgain,
        (Direction.Do, StepState.Undoing) => throw new RefusalException(
            $"Step {key} is being undone here; let the undo finish before it is run again."),
        (Direction.Do, _) when row!.Digest != digest => throw new RefusalException(
            $"Step {key} has already run here in another form (digest {row.Digest[..12]}, now {digest[..12]}): "
            + "its files were edited since. Put them back, or undo the step first, or write a new step."),
        (Direction.Do, StepState.Doing) => StepMove.Continue,
        (Direction.Do, StepState.Done) => StepMove.Nothing,
        (Direction.Undo, null or StepState.Undone) => StepMove.Nothing,
        (Direction.Undo, _) => StepMove.TakeBack,
        _ => throw new InvalidOperationException($"Step {key}: no move for {direction} in state {row?.State}."),
    };
}
