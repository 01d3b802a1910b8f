namespace Orchestrator.Workflows.Plan;

/// <summary>Who may say go, how many of them must, and for how long they are asked.</summary>
public sealed record Gate
{
    public required string Question { get; init; }

    public required IReadOnlyList<GateRole> Roles { get; init; }

    public required int Quorum { get; init; }

    public required bool RequesterMayDecide { get; init; }

    public TimeSpan? ExpiresAfter { get; init; }
}

/// <summary>A role and the people who hold it; the name <c>*</c> stands for anyone who gives a name.</summary>
public sealed record GateRole(string Name, IReadOnlyList<string> People)
{
    public const string Anyone = "*";

    public bool IsHeldBy(string person) =>
        People.Any(p => p == Anyone || string.Equals(p, person, StringComparison.OrdinalIgnoreCase));
}
