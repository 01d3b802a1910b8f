namespace Orchestrator.Workflows.Plan;

/// <summary>Some rows of one table; without a condition, all of them.</summary>
public sealed record RowSet
{
    public required string Database { get; init; }

    public required string Table { get; init; }

    /// <summary>In the table's place, where a kind of check allows it: what a query returns.</summary>
    public SqlScript? Query { get; init; }

    public string? Where { get; init; }

    public override string ToString() => Query is { } query ? $"{query.Path} in {Database}" : $"{Database}.{Table}{(Where is null ? "" : $" where {Where}")}";
}

/// <summary>As many rows here as there, in one database or across two.</summary>
public sealed record RowParityCheck : Check
{
    public required string Table { get; init; }

    public string? Where { get; init; }

    public required RowSet Other { get; init; }

    /// <summary>How many rows they may differ by.</summary>
    public required int Tolerance { get; init; }

    public override string DescribeRule() => $"as many rows as {Other}{(Tolerance == 0 ? "" : $" +- {Tolerance}")}";

    public override string DescribeBlindSpot() =>
        "Different rows in equal numbers. Across two databases the two sides are counted a moment apart.";
}

/// <summary>The same sum of a column here as there.</summary>
public sealed record SumParityCheck : Check
{
    public required string Table { get; init; }

    public required string Column { get; init; }

    public string? Where { get; init; }

    public required RowSet Other { get; init; }

    public required string OtherColumn { get; init; }

    public required decimal Tolerance { get; init; }

    public override string DescribeRule() => $"the sum of {OtherColumn} of {Other}{(Tolerance == 0 ? "" : $" +- {Tolerance}")}";

    public override string DescribeBlindSpot() => "Amounts that are wrong in both directions. Nulls count as nothing.";
}

/// <summary>No two rows agree in these columns; rows with a null in one of them are not compared.</summary>
public sealed record DuplicatesCheck : Check
{
    public required string Table { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public string? Where { get; init; }

    public override string DescribeRule() => "no duplicates";

    public override string DescribeBlindSpot() => "Values that mean the same and are written differently, and rows with a null among the columns.";
}

/// <summary>Every reference is met. Without a stated one, every foreign key of the table is looked at, validated or not.</summary>
public sealed record OrphansCheck : Check
{
    public required string Table { get; init; }

    public Reference? References { get; init; }

    public override string DescribeRule() => "no orphans";

    public override string DescribeBlindSpot() => References is null ? "References that no foreign key states." : "Every other reference of the table.";
}

/// <summary>These columns of a table mean those columns of another.</summary>
public sealed record Reference(IReadOnlyList<string> Columns, string Table, IReadOnlyList<string> TableColumns);

/// <summary>No nulls where there must be a value.</summary>
public sealed record NullsCheck : Check
{
    public required string Table { get; init; }

    public required IReadOnlyList<string> Columns { get; init; }

    public string? Where { get; init; }

    public override string DescribeRule() => "no nulls";

    public override string DescribeBlindSpot() => "Empty texts and placeholders that stand for nothing.";
}
