namespace Orchestrator.Activities.Ledger;

internal enum RangeState
{
    Open,
    Done,
}

/// <summary>A range of keys of one table, with its checkpoint.</summary>
internal sealed record RangeRow
{
    public required int Number { get; init; }

    public string Subject { get; init; } = "";

    public string[]? AfterKey { get; init; }

    public string[]? LastKey { get; init; }

    public string[]? Position { get; init; }

    public long Estimate { get; init; }

    public RangeState State { get; init; }

    public int? Holder { get; init; }

    public long Fence { get; init; }

    public long Rows { get; init; }

    public long Walked { get; init; }

    public long Chunks { get; init; }

    public long Left => Math.Max(0, Estimate - Walked);

    public string[]? From => Position ?? AfterKey;
}

/// <summary>What a transfer has done so far, over all of its ranges.</summary>
internal sealed record RangeTotals(long Rows, long Walked, long Chunks, long Estimate, long Quarantined);

/// <summary>What people want of a transfer while it runs; null where they said nothing.</summary>
internal sealed record TuningRow(int? ChunkMilliseconds, int? RowsPerSecond, int? Lanes);
