using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Engine;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>A run's state as DescribeWorkflowExecution shows it.</summary>
internal static class Descriptions
{
    /// <summary>The year 1, which is how the official service writes a time that there is none of.</summary>
    public static readonly Timestamp Never = Timestamp.FromDateTimeOffset(DateTimeOffset.MinValue);

    public static DescribeWorkflowExecutionResponse Describe(RunState state)
    {
        var response = new DescribeWorkflowExecutionResponse
        {
            ExecutionConfig = new()
            {
                TaskQueue = new() { Name = state.TaskQueue, Kind = TaskQueueKind.Normal },
                WorkflowExecutionTimeout = state.Started.WorkflowExecutionTimeout is null ? null : Duration.FromTimeSpan(state.ExecutionTimeout),
                WorkflowRunTimeout = state.Started.WorkflowRunTimeout is null ? null : Duration.FromTimeSpan(state.RunTimeout),
                DefaultWorkflowTaskTimeout = Duration.FromTimeSpan(state.TaskTimeout),
                UserMetadata = state.FirstEvent.UserMetadata,
            },
            WorkflowExecutionInfo = Execution(state),
            WorkflowExtendedInfo = Extended(state),
            PendingWorkflowTask = Task(state.WorkflowTask),
        };
        response.PendingActivities.AddRange(state.Activities.Values.Select(Activity));
        response.PendingChildren.AddRange(state.Children.Values.Select(Child));
        return response;
    }

    private static WorkflowExecutionInfo Execution(RunState state)
    {
        var started = state.Started;
        return new WorkflowExecutionInfo
        {
            Execution = state.Execution(),
            Type = new() { Name = state.WorkflowType },
            StartTime = Timestamp.FromDateTimeOffset(state.StartedAt),
            ExecutionTime = Timestamp.FromDateTimeOffset(state.ExecutionAt),
            CloseTime = At(state.ClosedAt),
            ExecutionDuration = state.ClosedAt is { } closed ? Duration.FromTimeSpan(closed - state.ExecutionAt) : null,
            Status = state.Status,
            HistoryLength = state.NextEventId - 1,
            HistorySizeBytes = state.HistoryBytes,
            StateTransitionCount = state.Transitions,
            ParentNamespaceId = started.ParentWorkflowNamespaceId,
            ParentExecution = started.ParentWorkflowExecution,
            RootExecution = started.RootWorkflowExecution ?? state.Execution(),
            Memo = state.Memo,
            SearchAttributes = state.SearchAttributes,
            TaskQueue = state.TaskQueue,
            FirstRunId = state.FirstRunId,
            AutoResetPoints = new(),
            Priority = started.Priority,
        };
    }

    private static WorkflowExecutionExtendedInfo Extended(RunState state)
    {
        var info = new WorkflowExecutionExtendedInfo
        {
            ExecutionExpirationTime = At(state.ExecutionExpiresAt),
            RunExpirationTime = At(state.RunExpiresAt) ?? Never,
            CancelRequested = state.CancelRequested,
            OriginalStartTime = Timestamp.FromDateTimeOffset(state.StartedAt),
        };
        foreach (var (requestId, attached) in state.AttachedRequests)
        {
            info.RequestIdInfos[requestId] = new() { EventType = attached.EventType, EventId = attached.EventId };
        }

        return info;
    }

    private static PendingWorkflowTaskInfo? Task(WorkflowTaskState? task) => task is null
        ? null
        : new PendingWorkflowTaskInfo
        {
            State = task.IsStarted ? PendingWorkflowTaskState.Started : PendingWorkflowTaskState.Scheduled,
            ScheduledTime = Timestamp.FromDateTimeOffset(task.ScheduledAt),
            OriginalScheduledTime = Timestamp.FromDateTimeOffset(task.FirstScheduledAt),
            StartedTime = At(task.StartedAt),
            Attempt = task.Attempt,
        };

    private static PendingActivityInfo Activity(ActivityState activity) => new()
    {
        ActivityId = activity.ActivityId,
        ActivityType = new() { Name = activity.ActivityType },
        State = (activity.IsStarted, activity.IsCancelRequested, activity.IsPaused) switch
        {
            (true, true, _) => PendingActivityState.CancelRequested,
            (true, false, true) => PendingActivityState.PauseRequested,
            (true, false, false) => PendingActivityState.Started,
            (false, _, true) => PendingActivityState.Paused,
            _ => PendingActivityState.Scheduled,
        },
        Paused = activity.IsPaused,
        PauseInfo = activity.Pause is { } pause
            ? new() { PauseTime = Timestamp.FromDateTimeOffset(pause.At), Manual = new() { Identity = pause.Identity, Reason = pause.Reason } }
            : null,
        HeartbeatDetails = activity.HeartbeatDetails,
        LastHeartbeatTime = At(activity.LastHeartbeatAt),
        LastStartedTime = activity.IsStarted ? At(activity.LastStartedAt) : null,
        LastAttemptCompleteTime = At(activity.LastAttemptClosedAt),
        NextAttemptScheduleTime = activity.IsBackingOff && !activity.IsPaused ? At(activity.AttemptScheduledAt) : null,
        CurrentRetryInterval = activity.RetryInterval is { } interval && !activity.IsPaused ? Duration.FromTimeSpan(interval) : null,
        Attempt = activity.Attempt,
        MaximumAttempts = activity.RetryPolicy.MaximumAttempts,
        ScheduledTime = Timestamp.FromDateTimeOffset(activity.AttemptScheduledAt),
        ExpirationTime = At(activity.ExpiresAt),
        LastFailure = activity.LastFailure,
        LastWorkerIdentity = activity.LastIdentity,
        Priority = activity.Priority,
        ActivityOptions = Options(activity),
    };

    private static ActivityOptions Options(ActivityState activity)
    {
        var options = ActivityOptionChanges.Current(activity);
        options.TaskQueue.NormalName = activity.TaskQueue;
        return options;
    }

    private static PendingChildExecutionInfo Child(ChildState child) => new()
    {
        WorkflowId = child.WorkflowId,
        RunId = child.RunId,
        WorkflowTypeName = child.WorkflowType,
        InitiatedId = child.InitiatedEventId,
        ParentClosePolicy = child.ParentClosePolicy,
    };

    private static Timestamp? At(DateTimeOffset? value) => value is { } at ? Timestamp.FromDateTimeOffset(at) : null;
}
