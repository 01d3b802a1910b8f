namespace Orchestrator.Tests.Support;

/// <summary>A clock that stands still until it is told how much time has passed. It fires no timers.</summary>
internal sealed class ManualTime : TimeProvider
{
    private TimeSpan _elapsed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _elapsed.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _elapsed;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("This clock fires no timers; use the system's where something waits.");

    public void Pass(TimeSpan time) => _elapsed += time;
}
