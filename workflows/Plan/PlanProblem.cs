namespace Orchestrator.Workflows.Plan;

/// <summary>One mistake, at a place such as <c>batches[0].steps[2].undo</c>, with what to do about it.</summary>
public sealed record PlanProblem(string At, string Message, string? Suggestion = null);
