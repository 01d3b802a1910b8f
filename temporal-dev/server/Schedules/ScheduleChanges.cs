using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Schedule.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>What clients do to a schedule.</summary>
internal static class ScheduleChanges
{
    /// <summary>Enough for every client that tries again; nobody tries again after a hundred other changes.</summary>
    private const int RememberedRequests = 100;

    /// <summary>The schedule as it is kept: canonical spec, defaults written out.</summary>
    public static Schedule Kept(Schedule asked)
    {
        var schedule = asked.Clone();
        schedule.Spec = ScheduleForm.Canonical(schedule.Spec);
        schedule.Policies ??= new SchedulePolicies();
        schedule.State ??= new Temporalio.Api.Schedule.V1.ScheduleState();
        schedule.Policies.CatchupWindow = Duration.FromTimeSpan(ScheduleAdvance.CatchupWindow(schedule.Policies));
        if (schedule.Policies.OverlapPolicy == ScheduleOverlapPolicy.Unspecified)
        {
            schedule.Policies.OverlapPolicy = ScheduleOverlapPolicy.Skip;
        }

        schedule.Action.StartWorkflow.TaskQueue.Kind = TaskQueueKind.Normal;
        return schedule;
    }

    /// <summary>False when the same request has been taken before.</summary>
    public static bool TryRemember(ScheduleState state, string requestId)
    {
        if (requestId.Length == 0)
        {
            return true;
        }

        if (state.RequestIds.Contains(requestId))
        {
            return false;
        }

        state.RequestIds.Add(requestId);
        state.RequestIds.RemoveRange(0, Math.Max(0, state.RequestIds.Count - RememberedRequests));
        return true;
    }

    /// <summary>Times before the change that have not been seen to are not taken by the new spec.</summary>
    public static void Replace(ScheduleState state, Schedule kept, DateTimeOffset now)
    {
        state.Schedule = kept;
        state.UpdatedAt = now;
        state.ConflictToken++;
    }

    public static void Patch(ScheduleState state, SchedulePatch patch, DateTimeOffset now)
    {
        if (patch.TriggerImmediately is { } trigger)
        {
            var time = trigger.ScheduledTime?.ToDateTimeOffset() ?? now;
            ScheduleAdvance.Plan(state, new PlannedStart(0, time, time) { Overlap = trigger.OverlapPolicy, IsManual = true });
        }

        foreach (var backfill in patch.BackfillRequest)
        {
            AddBackfill(state, backfill.Clone());
        }

        if (patch.Pause.Length > 0)
        {
            Pause(state, true, patch.Pause);
        }

        if (patch.Unpause.Length > 0)
        {
            Pause(state, false, patch.Unpause);
        }
    }

    private static void AddBackfill(ScheduleState state, BackfillRequest backfill)
    {
        if (state.Backfills.Count >= ScheduleAdvance.BackfillsLimit)
        {
            state.BufferDropped++;
            return;
        }

        // Its first time counts, though times are searched for after a moment.
        backfill.StartTime = Timestamp.FromDateTimeOffset(backfill.StartTime.ToDateTimeOffset() - TimeSpan.FromMilliseconds(1));
        state.Backfills.Add(backfill);
    }

    private static void Pause(ScheduleState state, bool isPaused, string note)
    {
        state.Schedule.State.Paused = isPaused;
        state.Schedule.State.Notes = note;
        state.ConflictToken++;
    }
}
