namespace Orchestrator.Workflows.Plan;

/// <summary>The worker has these environment variables. Their values are never read into anything.</summary>
public sealed record EnvironmentCheck : Check
{
    public required IReadOnlyList<string> Variables { get; init; }

    public override string DescribeRule() => "all set";

    public override string DescribeBlindSpot() => "Values that are wrong, and workers other than the one that looked.";
}

/// <summary>A feature flag has this value; one that was never set is <c>off</c>.</summary>
public sealed record FlagCheck : Check
{
    public required string Flag { get; init; }

    public required string Value { get; init; }

    public override string DescribeRule() => $"{Flag} is {Value}";

    public override string DescribeBlindSpot() => "Applications that read the flag elsewhere, or read it earlier.";
}

/// <summary>Room on the server's disk: so many bytes, and so many times the database's size.</summary>
public sealed record DiskCheck : Check
{
    public long FreeBytes { get; init; }

    public decimal TimesDatabase { get; init; }

    /// <summary>Returns the free bytes, where the server is not on the worker's own machine and something else knows them.</summary>
    public SqlScript? Query { get; init; }

    public override string DescribeRule() =>
        string.Join(" and ", new[] { FreeBytes > 0 ? $"{FreeBytes:N0} bytes free" : null, TimesDatabase > 0 ? $"{TimesDatabase} times the database free" : null }.OfType<string>());

    public override string DescribeBlindSpot() => "Tablespaces elsewhere, a separate disk for WAL, and what others will write meanwhile.";
}

/// <summary>A dump exists, is young enough, can be restored into a scratch database, and holds what the database holds.</summary>
public sealed record BackupCheck : Check
{
    /// <summary>Names the environment variable that holds the path of the dump, or of a folder whose newest file is taken.</summary>
    public required string Variable { get; init; }

    public required TimeSpan MaxAge { get; init; }

    /// <summary>By how much of a table's rows dump and database may differ: life goes on after a dump.</summary>
    public required decimal DriftPercent { get; init; }

    public override string DescribeRule() => $"restored, the same tables, at most {DriftPercent} % of rows different, younger than {MaxAge.TotalHours:0.#} h";

    public override string DescribeBlindSpot() => "Rows that differ in equal numbers; roles and settings of the whole server.";
}

/// <summary>This very plan was rehearsed, not too long ago, and everything could be taken back.</summary>
public sealed record RehearsedCheck : Check
{
    public required TimeSpan Within { get; init; }

    public override string DescribeRule() => $"rehearsed within {Within.TotalHours:0.#} h";

    public override string DescribeBlindSpot() => "What is different in production: its data since the clone, its load, its other sessions.";
}
