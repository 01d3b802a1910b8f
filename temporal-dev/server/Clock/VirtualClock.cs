namespace TemporalDev.Server.Clock;

/// <summary>A clock that runs at the pace of another one and can be put forward. Its timers notice.</summary>
internal sealed class VirtualClock(TimeProvider real) : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly HashSet<VirtualTimer> _running = [];
    private TimeSpan _ahead;

    public override long TimestampFrequency => real.TimestampFrequency;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return real.GetUtcNow() + _ahead;
        }
    }

    /// <summary>Timestamps measure how long something really takes, so they are never put forward.</summary>
    public override long GetTimestamp() => real.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Does nothing when that time has come already.</summary>
    public void SkipTo(DateTimeOffset at)
    {
        List<VirtualTimer> moved;
        lock (_gate)
        {
            var skipped = at - (real.GetUtcNow() + _ahead);
            if (skipped <= TimeSpan.Zero)
            {
                return;
            }

            _ahead += skipped;
            moved = [.. _running];
        }

        moved.ForEach(timer => timer.Rearm());
    }

    private sealed class VirtualTimer : ITimer
    {
        private readonly VirtualClock _clock;
        private readonly TimerCallback _callback;
        private readonly object? _state;
        private readonly ITimer _inner;
        private DateTimeOffset? _due;

        public VirtualTimer(VirtualClock clock, TimerCallback callback, object? state)
        {
            (_clock, _callback, _state) = (clock, callback, state);
            _inner = clock.NewInner(Fire);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (period != Timeout.InfiniteTimeSpan)
            {
                throw new NotSupportedException("Timers of a clock that can be put forward fire once.");
            }

            lock (_clock._gate)
            {
                var isRunning = dueTime != Timeout.InfiniteTimeSpan;
                _due = isRunning ? _clock.GetUtcNow() + dueTime : null;
                _ = isRunning ? _clock._running.Add(this) : _clock._running.Remove(this);
                return _inner.Change(dueTime, Timeout.InfiniteTimeSpan);
            }
        }

        public void Rearm()
        {
            lock (_clock._gate)
            {
                if (_due is { } due)
                {
                    var left = due - _clock.GetUtcNow();
                    _inner.Change(left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
                }
            }
        }

        public void Dispose()
        {
            Stop();
            _inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Stop();
            return _inner.DisposeAsync();
        }

        private void Fire()
        {
            if (Stop())
            {
                _callback(_state);
            }
        }

        private bool Stop()
        {
            lock (_clock._gate)
            {
                var wasRunning = _due is not null;
                _due = null;
                _clock._running.Remove(this);
                return wasRunning;
            }
        }
    }

    private ITimer NewInner(Action fire) => real.CreateTimer(_ => fire(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
}
