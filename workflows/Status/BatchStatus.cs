using System.Text.Json.Serialization;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Status;

[JsonConverter(typeof(JsonStringEnumConverter<BatchPhase>))]
public enum BatchPhase
{
    Opening,
    Prechecks,
    Steps,
    Postchecks,
    Gate,
    Undoing,

    /// <summary>An undo failed: it waits for a person's <c>retry</c> or <c>skip</c>.</summary>
    NeedsPerson,
    Closed,
}

[JsonConverter(typeof(JsonStringEnumConverter<StepPhase>))]
public enum StepPhase
{
    Waiting,
    Running,
    Done,
    Failed,
    Undoing,
    Undone,
    UndoSkipped,
}

/// <summary>What the query <c>status</c> of a batch answers.</summary>
public sealed record BatchStatus
{
    public required string Batch { get; init; }

    public required string Title { get; init; }

    public required BatchPhase Phase { get; init; }

    public required bool Paused { get; init; }

    public required IReadOnlyList<StepStatus> Steps { get; init; }

    public required IReadOnlyList<CheckResult> Prechecks { get; init; }

    public required IReadOnlyList<CheckResult> Postchecks { get; init; }

    /// <summary>The newest report: what the checks above are about, whole.</summary>
    public IReadOnlyList<Artifact> Artifacts { get; init; } = [];

    public GateStatus? Gate { get; init; }

    /// <summary>What to expect, as far as the last rehearsal of this very plan can tell.</summary>
    public RehearsalOutline? Rehearsal { get; init; }

    /// <summary>Why it stopped, or what a person must look at.</summary>
    public string? Reason { get; init; }

    public BatchOutcome? Outcome { get; init; }
}

public sealed record StepStatus(string Id, string Title, StepKind Kind, StepPhase Phase, long Rows, string? Note);

public sealed record GateStatus
{
    public required string Question { get; init; }

    public required string WaitingFor { get; init; }

    /// <summary>What a signature has to name besides the decision.</summary>
    public required Guid Run { get; init; }

    public required bool SignaturesRequired { get; init; }

    public required int Quorum { get; init; }

    public required string Evidence { get; init; }

    public required DateTime? ExpiresAt { get; init; }

    public required IReadOnlyList<CountedDecision> Counted { get; init; }

    /// <summary>The last answers that did not count, and why.</summary>
    public required IReadOnlyList<string> Refusals { get; init; }
}

/// <summary>What the query <c>status</c> of a program answers.</summary>
public sealed record ProgramStatus
{
    public required string Plan { get; init; }

    public required string Title { get; init; }

    public required string Digest { get; init; }

    public required string Environment { get; init; }

    public required bool Paused { get; init; }

    public required IReadOnlyList<BatchLine> Batches { get; init; }

    /// <summary>The report of the whole program, once it has ended.</summary>
    public IReadOnlyList<Artifact> Artifacts { get; init; } = [];

    public ProgramOutcome? Outcome { get; init; }
}

public sealed record BatchLine(string Id, string Title, string WorkflowId, BatchLineState State, BatchOutcome? Outcome);

[JsonConverter(typeof(JsonStringEnumConverter<BatchLineState>))]
public enum BatchLineState
{
    Waiting,
    Running,
    Closed,
}
