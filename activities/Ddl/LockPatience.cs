namespace Orchestrator.Activities.Ddl;

/// <summary>
/// How long one attempt waits for a lock. Short at first, because everyone who comes after us waits behind us; longer with each
/// attempt, because a table that is never free for a second may be free for ten. The pauses between are the retry policy's.
/// </summary>
internal static class LockPatience
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(16);

    public static TimeSpan For(int attempt) =>
        TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Clamp(attempt - 1, 0, 10)));
}
