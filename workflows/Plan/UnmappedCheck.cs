namespace Orchestrator.Workflows.Plan;

/// <summary>How many entries of the unmapped queue still wait: for a person, or for the rerun that takes the answer in.</summary>
public sealed record UnmappedCheck : Check
{
    /// <summary>Null for all steps of the plan.</summary>
    public string? Step { get; init; }

    public required Rule Rule { get; init; }

    public override string DescribeRule() => $"unmapped entries{(Step is null ? "" : $" of {Step}")} {Rule}";

    public override string DescribeBlindSpot() => "Pairs that were found and are wrong, and rows that came after the step was run.";
}
