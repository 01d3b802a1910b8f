using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Cli.Rendering;

/// <summary>How fast a backfill goes, over the last seconds, and when it will be through at that speed.</summary>
internal sealed class Pace
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(15);

    private readonly Queue<(DateTimeOffset At, long Walked)> _samples = new();

    public void See(DateTimeOffset at, long walked)
    {
        // A checkpoint that went back belongs to another step, or to a new round.
        if (_samples.Count > 0 && walked < _samples.Last().Walked)
        {
            _samples.Clear();
        }

        _samples.Enqueue((at, walked));
        while (_samples.Count > 2 && at - _samples.Peek().At > Window)
        {
            _samples.Dequeue();
        }
    }

    public double? RowsPerSecond()
    {
        if (_samples.Count < 2)
        {
            return null;
        }

        var (first, last) = (_samples.Peek(), _samples.Last());
        var seconds = (last.At - first.At).TotalSeconds;
        return seconds > 0 && last.Walked > first.Walked ? (last.Walked - first.Walked) / seconds : null;
    }

    /// <summary>What people look for comes first: a line may be cut at its end.</summary>
    public string Describe(TransferProgress progress)
    {
        var pace = RowsPerSecond();
        var open = progress.Estimate > progress.Walked;
        var waits = progress.Waiting is { } reason ? $"waits: {reason}; " : "";
        var done = open ? $"{100.0 * progress.Walked / progress.Estimate:F0} %, " : "";
        var left = open && pace is { } speed ? $"{Words(TimeSpan.FromSeconds((progress.Estimate - progress.Walked) / speed))} left, " : "";
        var total = open ? $" of about {progress.Estimate:N0}" : "";
        var fast = pace is null ? "" : $", {pace:N0} rows/s";
        return $"{waits}{done}{left}{progress.Walked:N0}{total} rows{fast}, chunk {progress.Chunks:N0}";
    }

    /// <summary>A length of time as people say it.</summary>
    public static string Words(TimeSpan time) => time switch
    {
        { TotalSeconds: < 1 } => "less than a second",
        { TotalMinutes: < 1 } => $"{time.TotalSeconds:F0} s",
        { TotalHours: < 1 } => $"{time:m' min 's' s'}",
        { TotalDays: < 2 } => $"{(int)time.TotalHours} h {time:mm} min",
        _ => $"{time.TotalDays:0.#} days",
    };
}
