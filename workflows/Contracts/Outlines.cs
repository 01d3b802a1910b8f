using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Contracts;

/// <summary>What a workflow needs to know of a plan: enough to tell the story, none of the SQL, so that histories stay small.</summary>
public sealed record ProgramOutline(string Name, string Title, IReadOnlyList<BatchEntry> Batches)
{
    /// <summary>The service knows <see cref="SearchKeys"/>.</summary>
    public bool IsIndexed { get; init; }
}

public sealed record BatchEntry(string Id, string Title, IReadOnlyList<string> Needs);

public sealed record BatchOutline(
    string Plan,
    string Title,
    string Owner,
    IReadOnlyList<StepOutline> Steps,
    bool HasPrechecks,
    bool HasPostchecks,
    Gate? Gate)
{
    /// <summary>The service knows <see cref="SearchKeys"/>.</summary>
    public bool IsIndexed { get; init; }

    /// <summary>There is a channel to tell people by.</summary>
    public bool IsNotified { get; init; }

    /// <summary>Null where the plan, as it is, was never rehearsed.</summary>
    public RehearsalOutline? Rehearsal { get; init; }
}

public sealed record StepOutline(string Id, string Title, StepKind Kind);
