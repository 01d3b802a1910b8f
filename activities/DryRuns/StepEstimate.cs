using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.DryRuns;

/// <summary>What one step that moves rows would do if it were run now.</summary>
public sealed record StepEstimate
{
    public required string Batch { get; init; }

    public required string Step { get; init; }

    public required StepKind Kind { get; init; }

    /// <summary>What the database's own ledger says of it: doing, done, undoing, undone; null where it was never begun.</summary>
    public string? State { get; init; }

    /// <summary>Rows that it would look at.</summary>
    public long? Walked { get; init; }

    /// <summary>Rows that it would change. Of a step that is done: what a rerun would.</summary>
    public long? Changes { get; init; }

    /// <summary>No more than that, and how many of them cannot be said before.</summary>
    public bool IsAtMost { get; init; }

    public long? Bytes { get; init; }

    public long? Chunks { get; init; }

    public double? Seconds { get; init; }

    /// <summary>Where the duration comes from.</summary>
    public string? Basis { get; init; }

    /// <summary>Why it cannot be estimated, or would be refused.</summary>
    public string? Problem { get; init; }
}
