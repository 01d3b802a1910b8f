namespace Orchestrator.Workflows.Lint;

/// <summary>
/// A finding that the plan allows, with the reason: an entry of <c>lint.allow</c> in <c>plan.yaml</c>. Without a file or a table it holds
/// for all of them.
/// </summary>
public sealed record Suppression(string Rule, string Reason)
{
    public string? File { get; init; }

    public string? Table { get; init; }

    public required string DeclaredIn { get; init; }

    public int Line { get; init; } = 1;

    public int Column { get; init; } = 1;
}
