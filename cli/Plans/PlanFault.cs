namespace Orchestrator.Cli.Plans;

/// <summary>One mistake in a plan's folder, where an editor can jump to it.</summary>
internal sealed record PlanFault(string File, long Line, long Column, string Message, string? Suggestion)
{
    public override string ToString() => $"{File}:{Line}:{Column}: {Message}{(Suggestion is null ? "" : $" {Suggestion}")}";
}
