namespace Orchestrator.Cli.Embedded;

/// <summary>How soon a piece that died is started again, and when that is no use any more.</summary>
internal sealed class RestartPolicy
{
    public const int Limit = 6;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(0.5);
    private readonly Queue<DateTimeOffset> _deaths = new();

    /// <summary>The pause before the next start, or null when the piece has died too often within the window.</summary>
    public TimeSpan? AfterDeath(DateTimeOffset now)
    {
        while (_deaths.TryPeek(out var oldest) && now - oldest > Window)
        {
            _deaths.Dequeue();
        }

        _deaths.Enqueue(now);
        return _deaths.Count switch
        {
            1 => TimeSpan.Zero,
            var deaths when deaths <= Limit => FirstPause * Math.Pow(2, deaths - 2),
            _ => null,
        };
    }
}
