using Temporalio.Api.Schedule.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>Brings a schedule up to a moment: which starts are due, which wait, which runs have to make way.</summary>
internal static class ScheduleAdvance
{
    /// <summary>Times looked at in one step; after a long stop there may be millions, and other schedules have work too.</summary>
    public const int TimesAtOnce = 1000;
    public const int BufferLimit = 1000;
    public const int BackfillsLimit = 1000;

    /// <summary>Backfills leave room for what the spec asks for meanwhile.</summary>
    private const int BackfillBuffer = BufferLimit / 2;

    private static readonly TimeSpan ShortestCatchup = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DefaultCatchup = TimeSpan.FromDays(365);

    /// <summary>A schedule that can start nothing any more is forgotten after so long.</summary>
    private static readonly TimeSpan Retention = TimeSpan.FromDays(7);

    /// <summary>True when there is more to do at once.</summary>
    public static bool Advance(ScheduleState state, DateTimeOffset now)
    {
        var times = state.Times();
        var hasMore = TakeTimes(state, times, now);
        TakeBackfills(state, times);
        while (Decide(state))
        {
        }

        // With a full buffer a backfill waits for the end of what runs, which wakes the schedule.
        return hasMore || (state.Backfills.Count > 0 && state.Buffer.Count < BackfillBuffer);
    }

    /// <summary>When the schedule wants to be looked at again, if nothing else happens to it.</summary>
    public static DateTimeOffset? NextWake(ScheduleState state, DateTimeOffset now)
    {
        if (state.Due.Count > 0 || state.Stops.Count > 0)
        {
            return now;
        }

        return (state.MayAct() ? NextTime(state)?.Actual : null) ?? ExpiresAt(state);
    }

    /// <summary>When a schedule with nothing left to do is forgotten; null while it has something, or is paused.</summary>
    public static DateTimeOffset? ExpiresAt(ScheduleState state)
    {
        if (state.Schedule.State.Paused || state.Buffer.Count + state.Due.Count + state.Backfills.Count + state.Running.Count > 0
            || (state.MayAct() && NextTime(state) is not null))
        {
            return null;
        }

        var last = state.Recent.Count > 0 ? state.Recent[^1].ActualTime.ToDateTimeOffset() : state.CreatedAt;
        return (last < state.UpdatedAt ? state.UpdatedAt.Value : last) + Retention;
    }

    public static TimeSpan CatchupWindow(SchedulePolicies? policies)
    {
        var window = policies?.CatchupWindow?.ToTimeSpan() ?? DefaultCatchup;
        return window < ShortestCatchup ? ShortestCatchup : window;
    }

    public static void Plan(ScheduleState state, PlannedStart start)
    {
        if (state.Buffer.Count >= BufferLimit)
        {
            state.BufferDropped++;
            return;
        }

        state.Buffer.Add(start with { Number = ++state.PlannedCount });
    }

    private static ScheduleTime? NextTime(ScheduleState state) => state.Times().Next(state.ProcessedUntil);

    private static bool TakeTimes(ScheduleState state, ScheduleTimes times, DateTimeOffset now)
    {
        if (!state.MayAct())
        {
            // What passes during a pause is neither taken later nor counted as missed.
            state.ProcessedUntil = now > state.ProcessedUntil ? now : state.ProcessedUntil;
            return false;
        }

        var window = CatchupWindow(state.Schedule.Policies);
        for (var taken = 0; times.Next(state.ProcessedUntil) is { } next && next.Actual <= now; taken++)
        {
            if (taken == TimesAtOnce)
            {
                return true;
            }

            state.ProcessedUntil = next.Actual;
            if (next.Actual < state.UpdatedAt)
            {
                continue;
            }

            if (now - next.Actual > window)
            {
                state.MissedCatchupWindow++;
                continue;
            }

            Plan(state, new PlannedStart(0, next.Nominal, next.Actual));
        }

        return false;
    }

    private static void TakeBackfills(ScheduleState state, ScheduleTimes times)
    {
        for (var taken = 0; taken < TimesAtOnce && state.Backfills.Count > 0 && state.Buffer.Count < BackfillBuffer; taken++)
        {
            var backfill = state.Backfills[0];
            if (times.Next(backfill.StartTime.ToDateTimeOffset()) is not { } next || next.Actual > backfill.EndTime.ToDateTimeOffset())
            {
                state.Backfills.RemoveAt(0);
                continue;
            }

            backfill.StartTime = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(next.Actual);
            Plan(state, new PlannedStart(0, next.Nominal, next.Actual) { Overlap = backfill.OverlapPolicy, IsManual = true });
        }
    }

    /// <summary>True when a start that may not take place has left room for another.</summary>
    private static bool Decide(ScheduleState state)
    {
        var isRunning = state.Running.Count > 0 || state.Due.Exists(start => start.IsTracked);
        var decision = OverlapDecision.Of(state.Buffer, isRunning, state.Resolve);
        state.Buffer.Clear();
        state.Buffer.AddRange(decision.Kept);
        state.OverlapSkipped += decision.Skipped;
        if (decision.Stop != StopKind.None)
        {
            // What would start beside them would have to make way at once.
            state.Stops.AddRange(state.Running.Select(run => new StopOrder(run, decision.Stop == StopKind.Terminate)));
            return false;
        }

        state.Due.AddRange(decision.Beside.Where(start => TakeAction(state, start)));
        if (decision.Alone is not { } alone)
        {
            return false;
        }

        if (!TakeAction(state, alone))
        {
            return state.Buffer.Count > 0;
        }

        state.Due.Add(alone with { IsTracked = true });
        return false;
    }

    private static bool TakeAction(ScheduleState state, PlannedStart start)
    {
        if (start.IsManual)
        {
            return true;
        }

        if (!state.MayAct())
        {
            return false;
        }

        if (state.Schedule.State.LimitedActions)
        {
            state.Schedule.State.RemainingActions--;
            state.ConflictToken++;
        }

        return true;
    }
}
