using Coresdk.ActivityTask;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Activities;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Worker.Activities;

/// <summary>Reads what an activity knows of itself out of its task.</summary>
internal static class ActivityDescription
{
    public static ActivityInfo Read(ActivityTask task, ActivityWorkerSettings settings, DataConverter converter)
    {
        var start = task.Start;
        return new(
            ActivityId: start.ActivityId,
            ActivityType: start.ActivityType,
            Attempt: (int)start.Attempt,
            CurrentAttemptScheduledTime: Time(start.CurrentAttemptScheduledTime),
            DataConverter: converter,
            HeartbeatDetails: start.HeartbeatDetails,
            HeartbeatTimeout: Span(start.HeartbeatTimeout),
            IsLocal: start.IsLocal,
            Namespace: settings.Namespace,
            Priority: new(start.Priority),
            RetryPolicy: start.RetryPolicy is { } policy ? RetryPolicy.FromProto(policy) : null,
            ScheduleToCloseTimeout: Span(start.ScheduleToCloseTimeout),
            ScheduledTime: Time(start.ScheduledTime),
            StartToCloseTimeout: Span(start.StartToCloseTimeout),
            StartedTime: Time(start.StartedTime),
            TaskQueue: settings.TaskQueue,
            TaskToken: task.TaskToken.ToByteArray(),
            WorkflowId: start.WorkflowExecution?.WorkflowId,
            WorkflowNamespace: start.WorkflowNamespace,
            WorkflowRunId: start.WorkflowExecution?.RunId,
            WorkflowType: start.WorkflowType);
    }

    private static DateTime Time(Timestamp? timestamp) => timestamp?.ToDateTime() ?? DateTime.MinValue;

    // The core writes "no timeout" as zero.
    private static TimeSpan? Span(Duration? duration) => duration?.ToTimeSpan() is { Ticks: > 0 } span ? span : null;
}
