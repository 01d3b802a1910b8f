using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>The query returns one number, and the rule says which numbers are right.</summary>
public sealed record ScalarCheck : Check
{
    public required SqlScript Query { get; init; }

    public required Rule Rule { get; init; }

    public override string DescribeRule() => Rule.ToString();

    public override string DescribeBlindSpot() => "Whatever the query does not look at.";
}

/// <summary>Every row that the query returns is an exception; the first ones are kept as evidence.</summary>
public sealed record ZeroRowsCheck : Check
{
    public required SqlScript Query { get; init; }

    public override string DescribeRule() => "no rows";

    public override string DescribeBlindSpot() => "Whatever the query does not look at.";
}

/// <summary>How far the query's number is from what was measured before.</summary>
public sealed record BaselineCheck : Check
{
    public required SqlScript Query { get; init; }

    /// <summary>The check, of the same batch or an earlier one, whose measurements are the baseline.</summary>
    public required string Baseline { get; init; }

    /// <summary>Measurements as old as this are averaged; without it the newest one is the baseline.</summary>
    public TimeSpan? Window { get; init; }

    public required DeltaUnit Unit { get; init; }

    public required Rule Rule { get; init; }

    public override string DescribeRule() =>
        $"{(Unit == DeltaUnit.Percent ? "percent from" : "difference to")} {Baseline}{(Window is { } window ? $" over {window.TotalHours:0.#} h" : "")} {Rule}";

    public override string DescribeBlindSpot() => "A baseline that was wrong already, and changes that cancel each other out.";
}

[JsonConverter(typeof(JsonStringEnumConverter<DeltaUnit>))]
public enum DeltaUnit
{
    Difference,
    Percent,
}

/// <summary>The last statement must be refused with this SQLSTATE; nothing that it or the ones before it did stays.</summary>
public sealed record ExpectedFailureCheck : Check
{
    public required SqlScript Query { get; init; }

    public required string SqlState { get; init; }

    public string? Constraint { get; init; }

    public override string DescribeRule() => Constraint is null ? $"refused with {SqlState}" : $"refused with {SqlState} by {Constraint}";

    public override string DescribeBlindSpot() => "Rows that were wrong before the rule was there. A sequence that the statements drew from stays advanced.";
}

/// <summary>The planner answers this query by this index.</summary>
public sealed record UsesIndexCheck : Check
{
    public required SqlScript Query { get; init; }

    public required string Index { get; init; }

    public override string DescribeRule() => $"uses {Index}";

    public override string DescribeBlindSpot() => "The plan for other parameters, another number of rows, or older statistics.";
}
