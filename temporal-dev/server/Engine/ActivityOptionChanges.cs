using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Activity.V1;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Engine;

/// <summary>
/// New time-outs, retries or another queue for an activity that is pending. The history keeps what it was scheduled with. An attempt that
/// runs goes on under the new time-outs; one that waits is put off, or comes earlier, as the new retries say.
/// </summary>
internal static class ActivityOptionChanges
{
    public static ActivityOptions Current(ActivityState activity) => new()
    {
        TaskQueue = new() { Name = activity.TaskQueue },
        ScheduleToCloseTimeout = Duration.FromTimeSpan(activity.ScheduleToClose),
        ScheduleToStartTimeout = Duration.FromTimeSpan(activity.ScheduleToStart),
        StartToCloseTimeout = Duration.FromTimeSpan(activity.StartToClose),
        HeartbeatTimeout = Duration.FromTimeSpan(activity.Heartbeat),
        RetryPolicy = activity.RetryPolicy.Clone(),
        Priority = activity.Priority?.Clone(),
    };

    /// <param name="mask">Which of the given options are meant, by their names as in the definition or in JSON.</param>
    public static ActivityOptions Change(Transition step, ActivityState activity, ActivityOptions given, FieldMask mask)
    {
        var before = Current(activity);
        var wanted = before.Clone();
        foreach (var path in mask.Paths)
        {
            Take(wanted, given, path.Replace("_", "", StringComparison.Ordinal).ToLowerInvariant());
        }

        if (Retries.Problem(wanted.RetryPolicy) is { } problem)
        {
            throw Bad(problem);
        }

        var command = new ScheduleActivityTaskCommandAttributes
        {
            ScheduleToCloseTimeout = wanted.ScheduleToCloseTimeout,
            ScheduleToStartTimeout = wanted.ScheduleToStartTimeout,
            StartToCloseTimeout = wanted.StartToCloseTimeout,
            HeartbeatTimeout = wanted.HeartbeatTimeout,
        };
        Set(activity, wanted, ActivityTimeouts.Fill(command, step.State));
        activity.OriginalOptions ??= before;
        Reschedule(step, activity);
        var changed = Current(activity);
        changed.TaskQueue.Kind = TaskQueueKind.Normal;
        return changed;
    }

    public static ActivityOptions Restore(Transition step, ActivityState activity)
    {
        if (activity.OriginalOptions is { } original)
        {
            Set(activity, original, new ActivityTimeouts(
                original.ScheduleToCloseTimeout.ToTimeSpan(),
                original.ScheduleToStartTimeout.ToTimeSpan(),
                original.StartToCloseTimeout.ToTimeSpan(),
                original.HeartbeatTimeout.ToTimeSpan()));
            activity.OriginalOptions = null;
            Reschedule(step, activity);
        }

        return Current(activity);
    }

    private static void Take(ActivityOptions wanted, ActivityOptions given, string field)
    {
        switch (field)
        {
            case "taskqueue.name":
                wanted.TaskQueue = new() { Name = Needed(given.TaskQueue, "TaskQueue").Name };
                Require.Id(wanted.TaskQueue.Name, "TaskQueue", WorkflowTaskFailedCause.BadScheduleActivityAttributes);
                break;
            case "scheduletoclosetimeout":
                wanted.ScheduleToCloseTimeout = given.ScheduleToCloseTimeout;
                break;
            case "scheduletostarttimeout":
                wanted.ScheduleToStartTimeout = given.ScheduleToStartTimeout;
                break;
            case "starttoclosetimeout":
                wanted.StartToCloseTimeout = given.StartToCloseTimeout;
                break;
            case "heartbeattimeout":
                wanted.HeartbeatTimeout = given.HeartbeatTimeout;
                break;
            case "priority":
                wanted.Priority = given.Priority;
                break;
            case "retrypolicy":
                wanted.RetryPolicy = Retries.WithDefaults(Needed(given.RetryPolicy, "RetryPolicy"));
                break;
            default:
                TakePart(wanted, given, field);
                break;
        }
    }

    private static void TakePart(ActivityOptions wanted, ActivityOptions given, string field)
    {
        switch (field)
        {
            case "retrypolicy.initialinterval":
                wanted.RetryPolicy.InitialInterval = Needed(given.RetryPolicy, "RetryPolicy").InitialInterval;
                break;
            case "retrypolicy.backoffcoefficient":
                wanted.RetryPolicy.BackoffCoefficient = Needed(given.RetryPolicy, "RetryPolicy").BackoffCoefficient;
                break;
            case "retrypolicy.maximuminterval":
                wanted.RetryPolicy.MaximumInterval = Needed(given.RetryPolicy, "RetryPolicy").MaximumInterval;
                break;
            case "retrypolicy.maximumattempts":
                wanted.RetryPolicy.MaximumAttempts = Needed(given.RetryPolicy, "RetryPolicy").MaximumAttempts;
                break;
            case "priority.prioritykey":
                (wanted.Priority ??= new()).PriorityKey = Needed(given.Priority, "Priority").PriorityKey;
                break;
            case "priority.fairnesskey":
                (wanted.Priority ??= new()).FairnessKey = Needed(given.Priority, "Priority").FairnessKey;
                break;
            case "priority.fairnessweight":
                (wanted.Priority ??= new()).FairnessWeight = Needed(given.Priority, "Priority").FairnessWeight;
                break;
            default:
                throw Bad($"UpdateMask names '{field}', which cannot be changed.");
        }
    }

    private static T Needed<T>(T? given, string name)
        where T : class => given ?? throw Bad($"{name} is not provided.");

    private static WorkflowTaskRefusal Bad(string sentence) => new(WorkflowTaskFailedCause.BadScheduleActivityAttributes, sentence);

    private static void Set(ActivityState activity, ActivityOptions options, ActivityTimeouts timeouts)
    {
        activity.TaskQueue = options.TaskQueue.Name;
        activity.ScheduleToClose = timeouts.ScheduleToClose;
        activity.ScheduleToStart = timeouts.ScheduleToStart;
        activity.StartToClose = timeouts.StartToClose;
        activity.Heartbeat = timeouts.Heartbeat;
        activity.RetryPolicy = Retries.WithDefaults(options.RetryPolicy);
        activity.Priority = options.Priority;
    }

    /// <summary>The attempt may be in the queue that it has left; who takes it there finds that it is stale.</summary>
    private static void Reschedule(Transition step, ActivityState activity)
    {
        if (activity.IsStarted || activity.IsPaused)
        {
            return;
        }

        var at = activity.AttemptScheduledAt;
        if (activity.Attempt > 1 && activity.LastAttemptClosedAt is { } closed)
        {
            activity.RetryInterval = Retries.Interval(activity.RetryPolicy, activity.Attempt - 1);
            at = closed + activity.RetryInterval.Value;
        }

        ActivityTasks.ScheduleAttempt(step, activity, at - step.Now);
    }
}
