using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Builds what a worker gets for an activity that has been started for it.</summary>
internal static class ActivityTaskReplies
{
    public static async Task<PollActivityTaskQueueResponse> BuildAsync(
        ChainLease lease, LoadedRun run, ActivityState activity, CancellationToken cancellation)
    {
        var state = run.State;
        var id = activity.ScheduledEventId;
        var scheduled = (await lease.HistoryAsync(run, id, id, cancellation))[0].ActivityTaskScheduledEventAttributes;
        return new PollActivityTaskQueueResponse
        {
            TaskToken = new TaskToken(state.Key, id, 0, activity.Attempt).Encode(),
            WorkflowNamespace = state.NamespaceName,
            WorkflowType = new() { Name = state.WorkflowType },
            WorkflowExecution = state.Execution(),
            ActivityType = scheduled.ActivityType,
            ActivityId = activity.ActivityId,
            Header = scheduled.Header,
            Input = scheduled.Input,
            HeartbeatDetails = activity.HeartbeatDetails,
            ScheduledTime = Timestamp.FromDateTimeOffset(activity.FirstScheduledAt),
            CurrentAttemptScheduledTime = Timestamp.FromDateTimeOffset(activity.AttemptScheduledAt),
            StartedTime = Timestamp.FromDateTimeOffset(activity.StartedAt!.Value),
            Attempt = activity.Attempt,
            ScheduleToCloseTimeout = Duration.FromTimeSpan(activity.ScheduleToClose),
            StartToCloseTimeout = Duration.FromTimeSpan(activity.StartToClose),
            HeartbeatTimeout = Duration.FromTimeSpan(activity.Heartbeat),
            RetryPolicy = activity.RetryPolicy,
            Priority = activity.Priority ?? scheduled.Priority,
        };
    }
}
