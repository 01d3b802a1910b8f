namespace Orchestrator.Activities.Ddl;

/// <summary>
/// How long one attempt waits for a lock. Short at first, because everyone who comes after us waits behind us; longer with each
/// attempt, because a table that is never free for a second may be free for ten. The pauses between are the retry policy's.
/// </summary>
internal static class LockPatience
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(16);

    // Two migrations that block each other must not do so again at the same moment.
    private const double Jitter = 0.25;

    /// <param name="attempt">From 1.</param>
    /// <param name="draw">From 0 to 1: where between a quarter less and a quarter more this attempt falls. Never beyond the longest.</param>
    public static TimeSpan For(int attempt, double draw)
    {
        var rung = Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(attempt - 1, 0, 10));
        return TimeSpan.FromTicks(Math.Min(Longest.Ticks, (long)(rung * (1 - Jitter + (2 * Jitter * draw)))));
    }
}
