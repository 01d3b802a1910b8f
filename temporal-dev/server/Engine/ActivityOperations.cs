namespace TemporalDev.Server.Engine;

/// <summary>What an operator does to pending activities. The history shows none of it, only the attempts that follow.</summary>
internal static class ActivityOperations
{
    /// <summary>A running attempt goes on, hears of the pause with its next heartbeat, and is not followed by another one.</summary>
    public static void Pause(ActivityState activity, ActivityPause pause) => activity.Pause ??= pause;

    public static void Unpause(Transition step, ActivityState activity, ActivityUnpause request)
    {
        if (activity.Pause is null)
        {
            return;
        }

        activity.Pause = null;
        if (request.ResetAttempts)
        {
            activity.Attempt = activity.IsStarted ? activity.Attempt : 1;
        }

        Forget(activity, request.ResetHeartbeat);
        if (!activity.IsStarted)
        {
            ActivityTasks.ScheduleAttempt(step, activity, request.Delay);
        }
    }

    /// <summary>Back to the first attempt: at once while none is running, else when the running one has ended.</summary>
    public static void Reset(Transition step, ActivityState activity, ActivityResetRequest request)
    {
        if (!request.KeepPaused)
        {
            activity.Pause = null;
        }

        if (request.RestoreOptions)
        {
            ActivityOptionChanges.Restore(step, activity);
        }

        if (activity.IsStarted)
        {
            activity.PendingReset = new ActivityReset(request.ResetHeartbeat);
            return;
        }

        Forget(activity, request.ResetHeartbeat);
        activity.Attempt = 1;
        activity.LastFailure = null;
        ActivityTasks.ScheduleAttempt(step, activity, request.Delay);
    }

    private static void Forget(ActivityState activity, bool isWanted)
    {
        if (isWanted)
        {
            activity.HeartbeatDetails = null;
            activity.LastHeartbeatAt = null;
        }
    }
}

internal sealed record ActivityUnpause(bool ResetAttempts, bool ResetHeartbeat, TimeSpan Delay);

internal sealed record ActivityResetRequest(bool ResetHeartbeat, bool KeepPaused, TimeSpan Delay)
{
    public bool RestoreOptions { get; init; }
}
