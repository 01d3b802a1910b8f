using TemporalDev.Server.Engine;
using TemporalDev.Server.Timers;

namespace TemporalDev.Server.Schedules;

/// <summary>Wakes schedules: when their times come, and when a workflow ends that they wait for.</summary>
internal sealed class ScheduleWatch(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ChainKey, ScheduleKey> _watched = [];

    /// <summary>Schedules that have not looked since a workflow of theirs ended.</summary>
    private readonly HashSet<ScheduleKey> _unseen = [];

    public DueTimes<ScheduleKey> Due { get; } = new(time);

    /// <summary>Has to come before the start: the workflow may end at once.</summary>
    public void Add(ChainKey workflow, ScheduleKey schedule)
    {
        lock (_gate)
        {
            _watched[workflow] = schedule;
        }
    }

    public void Remove(ChainKey workflow)
    {
        lock (_gate)
        {
            _watched.Remove(workflow);
        }
    }

    public void Ended(ChainKey workflow)
    {
        lock (_gate)
        {
            if (_watched.TryGetValue(workflow, out var schedule))
            {
                _unseen.Add(schedule);
                Due.Set(schedule, time.GetUtcNow());
            }
        }
    }

    /// <summary>The schedule looks at its workflows now; what ends from here on wakes it again.</summary>
    public void Look(ScheduleKey schedule)
    {
        lock (_gate)
        {
            _unseen.Remove(schedule);
        }
    }

    /// <summary>When the schedule wants to be woken next, unless a workflow has ended since it looked.</summary>
    public void Sleep(ScheduleKey schedule, DateTimeOffset? until)
    {
        lock (_gate)
        {
            Due.Set(schedule, _unseen.Contains(schedule) ? time.GetUtcNow() : until);
        }
    }
}
