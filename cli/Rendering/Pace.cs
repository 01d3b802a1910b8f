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

    public string Describe(TransferProgress progress)
    {
        var total = progress.Estimate > progress.Walked ? $" of about {progress.Estimate:N0} ({100.0 * progress.Walked / progress.Estimate:F0} %)" : "";
        var waits = progress.Waiting is { } reason ? $", waits: {reason}" : "";
        var text = $"{progress.Walked:N0}{total} rows, chunk {progress.Chunks:N0}{waits}";
        if (RowsPerSecond() is not { } pace)
        {
            return text;
        }

        var left = progress.Estimate > progress.Walked ? $", {Words(TimeSpan.FromSeconds((progress.Estimate - progress.Walked) / pace))} left" : "";
        return $"{text}, {pace:N0} rows/s{left}";
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
