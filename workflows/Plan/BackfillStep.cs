using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>Walks a table by its key and, for each range of keys, runs one statement: written out, or made from a mapping.</summary>
public sealed record BackfillStep : Step
{
    public required string Table { get; init; }

    public required IReadOnlyList<string> Key { get; init; }

    /// <summary>The statement with its <c>{range}</c>; null where <see cref="Into"/> says what to write.</summary>
    public SqlScript? Chunk { get; init; }

    public RowMapping? Into { get; init; }

    /// <summary>A fixed number of keys a chunk; null leaves it to the clock.</summary>
    public int? ChunkRows { get; init; }

    /// <summary>How many rows may be set aside before the step fails. Null is none.</summary>
    public int? PoisonRows { get; init; }

    public LateRows? LateRows { get; init; }

    /// <summary>Tables to analyse each time ten times as many keys were walked, where the statement reads what it has written.</summary>
    public IReadOnlyList<string>? Analyze { get; init; }

    public TransferPace? Pace { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Backfill;
}

[JsonConverter(typeof(JsonStringEnumConverter<WriteMode>))]
public enum WriteMode
{
    /// <summary>Every row is new. The fastest way; a row that is there already is an error.</summary>
    Insert,

    /// <summary>Rows that are there take the new values, where they differ.</summary>
    Upsert,

    /// <summary>Only rows that are there.</summary>
    Update,

    /// <summary>Missing rows come, and columns that are null are filled; no value that is there is changed.</summary>
    PreserveExisting,
}

/// <summary>Rows that arrive while the backfill runs.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LateRows>))]
public enum LateRows
{
    /// <summary>Rows beyond the highest key at the start are somebody else's business: dual writes, or the next run.</summary>
    Ignore,

    /// <summary>When everything is walked, what has come beyond the highest key is walked too, until nothing has.</summary>
    FinalPass,
}

/// <summary>Which rows go where: each column with the SQL expression, over the walked table's columns, that makes its value.</summary>
public sealed record RowMapping
{
    public required string Table { get; init; }

    public required WriteMode Mode { get; init; }

    /// <summary>By which columns a row is found again; needed by every mode but insert.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    public required IReadOnlyList<ColumnSource> Columns { get; init; }

    public string? Where { get; init; }
}

public sealed record ColumnSource(string Column, string Expression);

/// <summary>How fast a transfer may go; each has a default, and most can be tuned while it runs.</summary>
public sealed record TransferPace
{
    public int? Lanes { get; init; }

    public TimeSpan? ChunkTime { get; init; }

    public int? RowsPerSecond { get; init; }

    public IReadOnlyList<Throttle>? Throttles { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<ThrottleKind>))]
public enum ThrottleKind
{
    /// <summary>Seconds that the slowest replica is behind.</summary>
    ReplicaLag,
    ActiveSessions,
    LockWaiters,

    /// <summary>Bytes of write-ahead log a second.</summary>
    WalRate,

    /// <summary>Vacuum workers on the table that is walked or written.</summary>
    Autovacuum,

    /// <summary>The number that a query returns.</summary>
    Sql,

    /// <summary>The number that a web address answers with.</summary>
    Http,
}

/// <summary>Work waits while the measured number is above the limit, and also while it cannot be measured.</summary>
public sealed record Throttle(ThrottleKind Kind, decimal Most)
{
    public SqlScript? Query { get; init; }

    public string? Url { get; init; }
}
