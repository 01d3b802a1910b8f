using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ledger;

internal enum StepState
{
    Doing,
    Done,
    Undoing,
    Undone,
}

internal enum Direction
{
    Do,
    Undo,
}

internal sealed record StepKey(string Plan, string Batch, string Step)
{
    public override string ToString() => $"{Batch}.{Step}";
}

/// <summary>A step of one database: whichever run comes, it finds here how far the step has got.</summary>
internal sealed record StepRow
{
    public required string Digest { get; init; }

    public required StepState State { get; init; }

    public required int Round { get; init; }

    public required long Fence { get; init; }

    public long Rows { get; init; }

    public long Walked { get; init; }

    public long Chunks { get; init; }
}

internal sealed record StepTiming(string State, long Rows, double Seconds);

/// <summary>Who wants to work on a step, and on which content.</summary>
internal sealed record StepClaim(StepKey Key, StepKind Kind, string Digest, Guid Run, Direction Direction);

/// <summary>A step that was granted: its fence is the newest until another attempt opens it.</summary>
internal sealed record HeldStep(StepKey Key, Guid Run, Direction Direction, StepRow Row)
{
    public StepState Working => Direction == Direction.Do ? StepState.Doing : StepState.Undoing;
}
