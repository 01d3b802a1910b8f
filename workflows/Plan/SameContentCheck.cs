namespace Orchestrator.Workflows.Plan;

/// <summary>The same rows here as there, in one database or across two, also of different versions.</summary>
public sealed record SameContentCheck : Check
{
    public required string Table { get; init; }

    public string? Where { get; init; }

    public required RowSet Other { get; init; }

    /// <summary>Only these, and the primary key; null is all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    public override string DescribeRule() => $"the same rows as {Other}";

    public override string DescribeBlindSpot() =>
        "Two different rows whose 64-bit hashes are equal. Across two databases each side is read as of its own moment.";
}
