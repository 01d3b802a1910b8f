using TemporalDev.Server.Engine;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Timers;

namespace TemporalDev.Server.Clock;

/// <summary>
/// Puts the clock forward to whatever comes due next, as long as nobody has locked it and nobody works on anything.
/// </summary>
internal sealed class TimeSkipping(VirtualClock clock, DueTimes<RunKey> runs, DueTimes<ScheduleKey> schedules)
{
    private readonly Lock _gate = new();
    private readonly WorkInFlight _work = new();
    private readonly List<DateTimeOffset> _sleepers = [];

    // A service starts with the lock held: who wants time to be skipped says so.
    private int _locks = 1;

    public DateTimeOffset Now => clock.GetUtcNow();

    public void Lock()
    {
        lock (_gate)
        {
            _locks++;
        }
    }

    /// <summary>False when nobody holds a lock that could be given back.</summary>
    public bool TryUnlock()
    {
        lock (_gate)
        {
            if (_locks == 0)
            {
                return false;
            }

            _locks--;
            SkipIfIdle();
            return true;
        }
    }

    /// <summary>A run has changed; its due time is set already.</summary>
    public void Observe(RunState state)
    {
        lock (_gate)
        {
            _work.Observe(state);
            SkipIfIdle();
        }
    }

    /// <summary>Something else has changed what is due or who is busy.</summary>
    public void Consider()
    {
        lock (_gate)
        {
            SkipIfIdle();
        }
    }

    /// <summary>Lets time pass as it really does until disposed.</summary>
    public IDisposable Hold()
    {
        lock (_gate)
        {
            _work.Hold();
        }

        return new Released(this);
    }

    /// <summary>Gives up one lock for the length of the sleep; false when there is none.</summary>
    public async Task<bool> TrySleepUnlockedAsync(DateTimeOffset until, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_locks == 0)
            {
                return false;
            }

            _locks--;
        }

        await SleepAsync(until, Lock, cancellation);
        return true;
    }

    public Task SleepAsync(DateTimeOffset until, CancellationToken cancellation) => SleepAsync(until, static () => { }, cancellation);

    /// <param name="awake">Called however the sleep ends, before time may be skipped past its end.</param>
    private async Task SleepAsync(DateTimeOffset until, Action awake, CancellationToken cancellation)
    {
        lock (_gate)
        {
            _sleepers.Add(until);
            SkipIfIdle();
        }

        try
        {
            await clock.UntilAsync(until, cancellation);
        }
        finally
        {
            awake();
            lock (_gate)
            {
                _sleepers.Remove(until);
                SkipIfIdle();
            }
        }
    }

    private void SkipIfIdle()
    {
        if (_locks == 0 && _work.IsIdle && Earliest() is { } next)
        {
            clock.SkipTo(next);
        }
    }

    private DateTimeOffset? Earliest() => _sleepers.Select(sleeper => (DateTimeOffset?)sleeper).Append(runs.Earliest).Append(schedules.Earliest).Min();

    private void Release()
    {
        lock (_gate)
        {
            _work.Release();
            SkipIfIdle();
        }
    }

    private sealed class Released(TimeSkipping skipping) : IDisposable
    {
        public void Dispose() => skipping.Release();
    }
}
