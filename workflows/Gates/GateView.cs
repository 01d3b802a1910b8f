using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Gates;

/// <summary>An open gate at one moment: what was measured, and whose word counts so far.</summary>
public sealed record GateView
{
    public required Gate Gate { get; init; }

    /// <summary>The run and its batch, which a signature names.</summary>
    public required Guid Run { get; init; }

    public required string Batch { get; init; }

    public required string Requester { get; init; }

    public required IReadOnlyList<CheckResult> Checks { get; init; }

    public required string Evidence { get; init; }

    public DateTime? ExpiresAt { get; init; }

    public IReadOnlyList<CountedDecision> Counted { get; init; } = [];

    public GateView With(CountedDecision decision) => this with { Counted = [.. Counted, decision] };

    /// <summary>Evidence that changed voids what was said about the old one.</summary>
    public GateView Measured(string evidence, IReadOnlyList<CheckResult> checks) =>
        evidence == Evidence ? this with { Checks = checks } : this with { Checks = checks, Evidence = evidence, Counted = [] };
}
