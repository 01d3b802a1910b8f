using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.Schedule.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>How a workflow that a schedule had started came to its end, with all its retries and continuations.</summary>
internal sealed record WorkflowEnd(WorkflowExecutionStatus Status, Payloads? Result, Failure? Failure);

/// <summary>What a schedule learns of the workflows that it starts.</summary>
internal static class ScheduleOutcomes
{
    public const int RecentActions = 10;

    public static void Started(ScheduleState state, PlannedStart start, WorkflowExecution run, DateTimeOffset now)
    {
        state.Due.RemoveAll(each => each.Number == start.Number);
        state.ActionCount++;
        state.Recent.Add(new ScheduleActionResult
        {
            ScheduleTime = Timestamp.FromDateTimeOffset(start.Actual),
            ActualTime = Timestamp.FromDateTimeOffset(now),
            StartWorkflowResult = run,
            StartWorkflowStatus = WorkflowExecutionStatus.Running,
        });
        state.Recent.RemoveRange(0, Math.Max(0, state.Recent.Count - RecentActions));
        if (start.IsTracked)
        {
            state.Running.Add(run);
        }
    }

    /// <summary>The workflow id is taken, or the workflow is not one that can be started.</summary>
    public static void Refused(ScheduleState state, PlannedStart start) => state.Due.RemoveAll(each => each.Number == start.Number);

    public static void Ended(ScheduleState state, WorkflowExecution run, WorkflowEnd end)
    {
        state.Running.Remove(run);
        foreach (var action in state.Recent.Where(action => action.StartWorkflowResult.RunId == run.RunId))
        {
            action.StartWorkflowStatus = end.Status;
        }

        PauseOnFailure(state, run, end);
        if (end.Result is not null)
        {
            state.LastResult = end.Result;
            state.LastFailure = null;
        }
        else if (end.Failure is not null)
        {
            state.LastFailure = end.Failure;
        }
    }

    private static void PauseOnFailure(ScheduleState state, WorkflowExecution run, WorkflowEnd end)
    {
        if (!state.Schedule.Policies.PauseOnFailure || state.Schedule.State.Paused)
        {
            return;
        }

        string? note = end.Status switch
        {
            WorkflowExecutionStatus.Failed => $"paused due to workflow failure: {run.WorkflowId}: {end.Failure?.Message}",
            WorkflowExecutionStatus.TimedOut => $"paused due to workflow timeout: {run.WorkflowId}",
            _ => null,
        };
        if (note is not null)
        {
            state.Schedule.State.Paused = true;
            state.Schedule.State.Notes = note;
            state.ConflictToken++;
        }
    }
}
