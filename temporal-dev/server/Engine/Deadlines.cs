using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Engine;

/// <summary>
/// Everything in a run that waits for a time. Nothing is kept besides the state itself: the next due time is computed
/// from it, so no timer can be lost, forgotten or fire twice.
/// </summary>
internal static class Deadlines
{
    public static DateTimeOffset? Next(RunState state)
    {
        if (!state.IsOpen)
        {
            return null;
        }

        DateTimeOffset? next = null;
        Take(ref next, state.FirstTaskAt);
        Take(ref next, state.RunExpiresAt);
        Take(ref next, OfTask(state.WorkflowTask)?.At);
        foreach (var timer in state.Timers.Values)
        {
            Take(ref next, timer.FiresAt);
        }

        foreach (var activity in state.Activities.Values)
        {
            Take(ref next, OfActivity(activity).At);
        }

        return next;
    }

    /// <summary>Lets happen what is due, in the order of the due times.</summary>
    public static void Fire(Transition step)
    {
        var state = step.State;
        if (state.RunExpiresAt <= step.Now)
        {
            Closing.TimeOut(step);
            return;
        }

        if (state.FirstTaskAt <= step.Now)
        {
            state.FirstTaskAt = null;
            WorkflowTasks.Wake(step);
        }

        if (OfTask(state.WorkflowTask) is { } task && task.At <= step.Now)
        {
            WorkflowTasks.TimeOut(step, task.Type);
        }

        foreach (var timer in state.Timers.Values.Where(timer => timer.FiresAt <= step.Now).OrderBy(timer => timer.FiresAt).ToList())
        {
            UserTimers.Fire(step, timer.TimerId);
        }

        foreach (var activity in state.Activities.Values.Where(activity => OfActivity(activity).At <= step.Now).ToList())
        {
            Fire(step, activity);
        }
    }

    private static void Fire(Transition step, ActivityState activity)
    {
        if (OfActivity(activity).Type is { } type)
        {
            ActivityTasks.TimeOut(step, activity, type);
            return;
        }

        ActivityTasks.BecomeReady(step, activity);
    }

    private static (DateTimeOffset At, TimeoutType Type)? OfTask(WorkflowTaskState? task) => task switch
    {
        { StartedAt: { } startedAt } => (startedAt + task.StartToClose, TimeoutType.StartToClose),
        { Sticky: { } sticky } when sticky.ScheduleToStart > TimeSpan.Zero =>
            (task.ScheduledAt + sticky.ScheduleToStart, TimeoutType.ScheduleToStart),
        _ => null,
    };

    /// <summary>The earliest thing that happens to an activity by itself; no timeout type means that its backoff ends.</summary>
    private static (DateTimeOffset? At, TimeoutType? Type) OfActivity(ActivityState activity)
    {
        DateTimeOffset? at = null;
        TimeoutType? type = null;
        void Consider(DateTimeOffset? candidate, TimeoutType? kind)
        {
            if (candidate is not null && (at is null || candidate < at))
            {
                at = candidate;
                type = kind;
            }
        }

        Consider(activity.ExpiresAt, TimeoutType.ScheduleToClose);
        if (activity.StartedAt is { } startedAt)
        {
            Consider(After(startedAt, activity.StartToClose), TimeoutType.StartToClose);
            Consider(After(activity.LastHeartbeatAt ?? startedAt, activity.Heartbeat), TimeoutType.Heartbeat);
        }
        else if (activity.IsPaused)
        {
            return (at, type);
        }
        else if (activity.IsBackingOff)
        {
            Consider(activity.AttemptScheduledAt, null);
        }
        else
        {
            Consider(After(activity.AttemptScheduledAt, activity.ScheduleToStart), TimeoutType.ScheduleToStart);
        }

        return (at, type);
    }

    private static DateTimeOffset? After(DateTimeOffset from, TimeSpan span) => span > TimeSpan.Zero ? from + span : null;

    private static void Take(ref DateTimeOffset? earliest, DateTimeOffset? candidate)
    {
        if (candidate is not null && (earliest is null || candidate < earliest))
        {
            earliest = candidate;
        }
    }
}
