namespace Orchestrator.Activities.Transfer;

/// <summary>How large chunks may be, and how long one should take.</summary>
internal sealed record ChunkLimits(int First, int Least, int Most, TimeSpan Target)
{
    // Small at first: nobody knows yet what a row costs here.
    private const int FirstRows = 1_000;
    private const int LeastRows = 50;
    private const int MostRows = 100_000;

    // Row locks are held as long as a chunk takes; half a second is where people begin to notice.
    private static readonly TimeSpan UsualTarget = TimeSpan.FromMilliseconds(400);

    public static ChunkLimits Of(int? fixedRows, TimeSpan? target) => fixedRows is { } rows
        ? new ChunkLimits(rows, rows, rows, target ?? UsualTarget)
        : new ChunkLimits(FirstRows, LeastRows, MostRows, target ?? UsualTarget);
}

internal enum PoisonMove
{
    /// <summary>Something in the chunk is bad: try a smaller one.</summary>
    Narrow,

    /// <summary>It was one row: that is the one.</summary>
    SetAside,
}

/// <summary>
/// The size of the next chunk. In peace it follows the clock. After a chunk failed for what is in it, the suspect keys are halved
/// until one is left: that costs about twice the logarithm of the chunk for each bad row, and nothing while there is none.
/// </summary>
internal sealed record ChunkSize(ChunkLimits Limits)
{
    private const double MostGrowth = 4;
    private const double MostShrink = 0.25;

    public int Rows { get; private init; } = Limits.First;

    /// <summary>So many of the next keys hold at least one that fails; zero when nothing is suspected.</summary>
    public long Suspects { get; private init; }

    public int Next => Suspects > 0 ? (int)Math.Max(1, Suspects / 2) : Rows;

    /// <summary>Whoever goes on with a range begins with what its chunks had on average, and not with the first small ones again.</summary>
    public ChunkSize GoOn(long walked, long chunks) =>
        chunks == 0 ? this : this with { Rows = (int)Math.Clamp(walked / chunks, Math.Min(Rows, Limits.Most), Limits.Most) };

    public ChunkSize Passed(long walked, TimeSpan took)
    {
        if (Suspects > 0)
        {
            return this with { Suspects = Math.Max(0, Suspects - walked) };
        }

        // A chunk that was not full says nothing about what a full one costs.
        if (walked < Rows || took <= TimeSpan.Zero)
        {
            return this;
        }

        var factor = Math.Clamp(Limits.Target / took, MostShrink, MostGrowth);
        return this with { Rows = (int)Math.Clamp(Rows * factor, Limits.Least, Limits.Most) };
    }

    public (ChunkSize Size, PoisonMove Move) Failed(long walked) => walked <= 1
        ? (this with { Suspects = 0 }, PoisonMove.SetAside)
        : (this with { Suspects = walked }, PoisonMove.Narrow);

    /// <summary>Null where a single key already takes too long: then no size will do.</summary>
    public ChunkSize? TimedOut(long walked)
    {
        if (walked <= 1)
        {
            return null;
        }

        // Not beyond the half again either, for as long as this lane works: growing back would only run into the same wall.
        var most = (int)Math.Max(1, walked / 2);
        return this with
        {
            Rows = most,
            Suspects = Suspects > 0 ? walked : 0,
            Limits = Limits with { Most = most, Least = Math.Min(Limits.Least, most) },
        };
    }

    public ChunkSize Retarget(TimeSpan target) => target == Limits.Target ? this : this with { Limits = Limits with { Target = target } };
}
