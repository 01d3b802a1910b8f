namespace Orchestrator.Workflows.Plan;

/// <summary>The same rows here as there, in one database or across two, also of different versions.</summary>
public sealed record SameContentCheck : Check
{
    public required string Table { get; init; }

    /// <summary>In the table's place: what a query returns.</summary>
    public SqlScript? Query { get; init; }

    /// <summary>The columns by which rows of a query are found on the other side; a table has its primary key.</summary>
    public IReadOnlyList<string>? Key { get; init; }

    public string? Where { get; init; }

    public required RowSet Other { get; init; }

    /// <summary>Only these, and the key; null is all.</summary>
    public IReadOnlyList<string>? Columns { get; init; }

    /// <summary>Null compares every row.</summary>
    public RowSample? Sample { get; init; }

    public override string DescribeRule() => $"the same rows as {Other}{(Sample is null ? "" : $", in {Sample}")}";

    public override string DescribeBlindSpot()
    {
        var blind = "Two different rows whose 64-bit hashes are equal. Across two databases each side is read as of its own moment.";
        if (Columns is { Count: > 0 } columns)
        {
            blind += $" Every column but {string.Join(", ", columns)} and the key.";
        }

        return Sample is null ? blind : $"{blind} {Sample.DescribeBlindSpot()}";
    }
}

/// <summary>Rows drawn by a hash of their keys: the same keys on both sides, and the same ones each time.</summary>
public sealed record RowSample(decimal Percent, int Seed)
{
    private const int ManyRows = 100;

    public override string ToString() => FormattableString.Invariant($"a sample of {Percent} % (seed {Seed})");

    public string DescribeBlindSpot()
    {
        var missed = 1 - (double)(Percent / 100);
        return FormattableString.Invariant(
            $"Of {this}: one row that differs is missed with a probability of {100 * missed:0.##} %, all of {ManyRows} with {100 * Math.Pow(missed, ManyRows):0.####} %.");
    }
}
