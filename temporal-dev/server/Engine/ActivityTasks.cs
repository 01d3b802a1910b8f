using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>Activities from the command that schedules them to the event that closes them.</summary>
internal static class ActivityTasks
{
    public static void Schedule(Transition step, ScheduleActivityTaskCommandAttributes command, CommandContext context)
    {
        var state = step.State;
        var timeouts = ActivityTimeouts.Fill(command, state);
        CheckSchedule(state, command);
        var scheduled = step.Append(new HistoryEvent
        {
            EventType = EventType.ActivityTaskScheduled,
            ActivityTaskScheduledEventAttributes = new()
            {
                ActivityId = command.ActivityId,
                ActivityType = command.ActivityType,
                TaskQueue = new() { Name = QueueName(state, command), Kind = TaskQueueKind.Normal },
                Header = command.Header,
                Input = command.Input,
                ScheduleToCloseTimeout = Duration.FromTimeSpan(timeouts.ScheduleToClose),
                ScheduleToStartTimeout = Duration.FromTimeSpan(timeouts.ScheduleToStart),
                StartToCloseTimeout = Duration.FromTimeSpan(timeouts.StartToClose),
                HeartbeatTimeout = Duration.FromTimeSpan(timeouts.Heartbeat),
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                RetryPolicy = Retries.WithDefaults(command.RetryPolicy),
                Priority = command.Priority,
#pragma warning disable CS0612 // Deprecated with build ids, and still a part of histories.
                UseWorkflowBuildId = command.UseWorkflowBuildId,
#pragma warning restore CS0612
            },
        });
#pragma warning disable CS0612 // The event repeats the deprecated field of the command.
        scheduled.ActivityTaskScheduledEventAttributes.UseWorkflowBuildId = command.UseWorkflowBuildId;
#pragma warning restore CS0612
        var activity = Pending(step, scheduled);
        state.Activities.Add(activity.ScheduledEventId, activity);
        if (command.RequestEagerExecution && activity.TaskQueue == state.TaskQueue)
        {
            // No poll took it, so no build is known to have started it.
            Start(step, activity, context.Worker with { BuildId = "" }, $"eager-{activity.ScheduledEventId}");
            context.EagerActivities.Add(activity.ScheduledEventId);
            return;
        }

        Announce(step, activity);
    }

    public static void RequestCancel(Transition step, RequestCancelActivityTaskCommandAttributes command, CommandContext context)
    {
        var state = step.State;
        var id = command.ScheduledEventId;
        if (!state.Activities.TryGetValue(id, out var activity) && !IsClosingInBuffer(state, id))
        {
            throw new WorkflowTaskRefusal(
                WorkflowTaskFailedCause.BadRequestCancelActivityAttributes, $"No activity with scheduled event {id} is pending.");
        }

        if (activity is { IsCancelRequested: true })
        {
            return;
        }

        var requested = step.Append(new HistoryEvent
        {
            EventType = EventType.ActivityTaskCancelRequested,
            ActivityTaskCancelRequestedEventAttributes = new()
            {
                ScheduledEventId = id,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
            },
        });
        if (activity is null)
        {
            return;
        }

        activity.CancelRequestedEventId = requested.EventId;
        if (!activity.IsStarted)
        {
            state.Activities.Remove(id);
            step.Record(CanceledEvent(activity, NotStartedDetails(), context.Worker.Identity));
            context.ResolvedAtOnce = true;
        }
    }

    public static void Start(Transition step, ActivityState activity, TaskTaker taker, string requestId)
    {
        activity.StartedAt = step.Now;
        activity.LastStartedAt = step.Now;
        activity.IsBackingOff = false;
        activity.RequestId = requestId;
        activity.Identity = taker.Identity;
        activity.BuildId = taker.BuildId;
        activity.LastIdentity = taker.Identity;
    }

    /// <summary>For an attempt that nobody has got although it was started.</summary>
    public static void TakeBack(Transition step, ActivityState activity)
    {
        activity.StartedAt = null;
        activity.RequestId = "";
        activity.Identity = "";
        Announce(step, activity);
    }

    public static void Complete(Transition step, ActivityState activity, Payloads? result, string identity) =>
        Close(step, activity, new HistoryEvent
        {
            EventType = EventType.ActivityTaskCompleted,
            ActivityTaskCompletedEventAttributes = new()
            {
                Result = result,
                ScheduledEventId = activity.ScheduledEventId,
                Identity = identity,
            },
        });

    public static void Fail(Transition step, ActivityState activity, Failure failure, string identity)
    {
        var verdict = RetryVerdict(step, activity, failure);
        if (verdict.State == RetryState.InProgress)
        {
            BackOff(step, activity, failure, verdict.Delay);
            return;
        }

        Close(step, activity, new HistoryEvent
        {
            EventType = EventType.ActivityTaskFailed,
            ActivityTaskFailedEventAttributes = new()
            {
                Failure = failure,
                ScheduledEventId = activity.ScheduledEventId,
                Identity = identity,
                RetryState = verdict.State,
            },
        });
    }

    public static void Cancel(Transition step, ActivityState activity, Payloads? details, string identity) =>
        Close(step, activity, CanceledEvent(activity, details, identity));

    public static void Heartbeat(Transition step, ActivityState activity, Payloads? details)
    {
        activity.LastHeartbeatAt = step.Now;
        activity.HeartbeatDetails = details;
    }

    public static void TimeOut(Transition step, ActivityState activity, TimeoutType type)
    {
        var failure = TimeoutFailure(type, activity);
        var isFinal = type is TimeoutType.ScheduleToClose or TimeoutType.ScheduleToStart;
        var verdict = isFinal ? new RetryVerdict(RetryState.Timeout, TimeSpan.Zero) : RetryVerdict(step, activity, failure);
        if (verdict.State == RetryState.InProgress)
        {
            BackOff(step, activity, failure, verdict.Delay);
            return;
        }

        if (verdict.State == RetryState.Timeout && !isFinal)
        {
            // The next attempt could not finish in time any more: that is what the activity fails of, whatever this attempt died of.
            failure = TimeoutFailure(TimeoutType.ScheduleToClose, activity);
        }

        failure.Cause = activity.LastFailure;

        Close(step, activity, new HistoryEvent
        {
            EventType = EventType.ActivityTaskTimedOut,
            ActivityTaskTimedOutEventAttributes = new()
            {
                Failure = failure,
                ScheduledEventId = activity.ScheduledEventId,
                RetryState = verdict.State,
            },
        });
    }

    /// <summary>The backoff is over: the attempt goes to its task queue.</summary>
    public static void BecomeReady(Transition step, ActivityState activity)
    {
        activity.IsBackingOff = false;
        Announce(step, activity);
    }

    /// <summary>Puts the attempt that is not running off by a delay, or to its task queue; a paused one is in none.</summary>
    public static void ScheduleAttempt(Transition step, ActivityState activity, TimeSpan delay)
    {
        activity.AttemptScheduledAt = step.Now + delay;
        activity.IsBackingOff = true;
        if (delay <= TimeSpan.Zero)
        {
            BecomeReady(step, activity);
        }
    }

    private static void Announce(Transition step, ActivityState activity)
    {
        if (!activity.IsPaused)
        {
            step.MakeReady(new ReadyTask(ReadyKind.ActivityTask, activity.ScheduledEventId, activity.Attempt));
        }
    }

    private static void CheckSchedule(RunState state, ScheduleActivityTaskCommandAttributes command)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadScheduleActivityAttributes;
        Require.Id(command.ActivityId, "ActivityId", bad);
        Require.Id(command.ActivityType?.Name ?? "", "ActivityType", bad);
        Require.Size(command.Input, Limits.BlobBytes, "The activity's input", bad);
        if (Retries.Problem(command.RetryPolicy) is { } problem)
        {
            throw new WorkflowTaskRefusal(bad, problem);
        }

        if (state.Activities.Values.Any(pending => pending.ActivityId == command.ActivityId))
        {
            throw new WorkflowTaskRefusal(
                WorkflowTaskFailedCause.ScheduleActivityDuplicateId, $"Activity '{command.ActivityId}' is pending already.");
        }

        Require.Below(
            state.Activities.Count, Limits.PendingActivities, "activities", WorkflowTaskFailedCause.PendingActivitiesLimitExceeded);
    }

    private static string QueueName(RunState state, ScheduleActivityTaskCommandAttributes command) =>
        command.TaskQueue is { Name.Length: > 0 } queue ? queue.Name : state.TaskQueue;

    /// <summary>The activity as its scheduled event has it, before its first attempt.</summary>
    public static ActivityState Pending(Transition step, HistoryEvent scheduled)
    {
        var attributes = scheduled.ActivityTaskScheduledEventAttributes;
        return new ActivityState
        {
            ScheduledEventId = scheduled.EventId,
            ActivityId = attributes.ActivityId,
            ActivityType = attributes.ActivityType.Name,
            TaskQueue = attributes.TaskQueue.Name,
            ScheduleToClose = attributes.ScheduleToCloseTimeout.ToTimeSpan(),
            ScheduleToStart = attributes.ScheduleToStartTimeout.ToTimeSpan(),
            StartToClose = attributes.StartToCloseTimeout.ToTimeSpan(),
            Heartbeat = attributes.HeartbeatTimeout.ToTimeSpan(),
            RetryPolicy = attributes.RetryPolicy,
            Priority = attributes.Priority,
            FirstScheduledAt = step.Now,
            AttemptScheduledAt = step.Now,
        };
    }

    private static RetryVerdict RetryVerdict(Transition step, ActivityState activity, Failure failure) =>
        activity.IsCancelRequested
            ? new RetryVerdict(RetryState.CancelRequested, TimeSpan.Zero)
            : Retries.Decide(activity.RetryPolicy, activity.Attempt, failure, step.Now, activity.ExpiresAt);

    private static void BackOff(Transition step, ActivityState activity, Failure failure, TimeSpan delay)
    {
        activity.Attempt++;
        if (activity.PendingReset is { } reset)
        {
            activity.Attempt = 1;
            activity.HeartbeatDetails = reset.ForgetHeartbeat ? null : activity.HeartbeatDetails;
            activity.PendingReset = null;
        }

        activity.LastFailure = Retries.Trim(WithoutHeartbeat(failure));
        activity.LastAttemptClosedAt = step.Now;
        activity.RetryInterval = delay;
        activity.StartedAt = null;
        activity.Identity = "";
        activity.RequestId = "";
        activity.LastHeartbeatAt = null;
        ScheduleAttempt(step, activity, delay);
    }

    private static void Close(Transition step, ActivityState activity, HistoryEvent closed)
    {
        if (activity.IsStarted)
        {
            step.Record(StartedEvent(activity));
            step.State.Buffered[^1].EventTime = Timestamp.FromDateTimeOffset(activity.StartedAt!.Value);
        }

        step.State.Activities.Remove(activity.ScheduledEventId);
        step.Record(closed);
        WorkflowTasks.Wake(step);
    }

    private static HistoryEvent StartedEvent(ActivityState activity)
    {
        var attributes = new ActivityTaskStartedEventAttributes
        {
            ScheduledEventId = activity.ScheduledEventId,
            Identity = activity.Identity,
            RequestId = activity.RequestId,
            Attempt = activity.Attempt,
            LastFailure = activity.LastFailure,
        };
#pragma warning disable CS0612 // Where people and SDKs look for the build of a worker that is not versioned.
        attributes.WorkerVersion = TaskTaker.Stamp(activity.BuildId);
#pragma warning restore CS0612
        return new HistoryEvent { EventType = EventType.ActivityTaskStarted, ActivityTaskStartedEventAttributes = attributes };
    }

    private static HistoryEvent CanceledEvent(ActivityState activity, Payloads? details, string identity) => new()
    {
        EventType = EventType.ActivityTaskCanceled,
        ActivityTaskCanceledEventAttributes = new()
        {
            Details = details,
            LatestCancelRequestedEventId = activity.CancelRequestedEventId,
            ScheduledEventId = activity.ScheduledEventId,
            Identity = identity,
        },
    };

    /// <summary>The next attempt gets the details of the last heartbeat by themselves.</summary>
    private static Failure WithoutHeartbeat(Failure failure)
    {
        if (failure.TimeoutFailureInfo?.LastHeartbeatDetails is null)
        {
            return failure;
        }

        var kept = failure.Clone();
        kept.TimeoutFailureInfo.LastHeartbeatDetails = null;
        return kept;
    }

    private static Failure TimeoutFailure(TimeoutType type, ActivityState activity) => new()
    {
        Message = $"activity {type} timeout",
        Source = "Server",
        TimeoutFailureInfo = new() { TimeoutType = type, LastHeartbeatDetails = activity.HeartbeatDetails },
    };

    /// <summary>The close waits in the buffer, so that the activity is gone from the state but not yet in the history.</summary>
    private static bool IsClosingInBuffer(RunState state, long scheduledEventId) => state.Buffered.Exists(item =>
        item.ActivityTaskStartedEventAttributes?.ScheduledEventId == scheduledEventId
        || item.ActivityTaskTimedOutEventAttributes?.ScheduledEventId == scheduledEventId);

    private static Payloads NotStartedDetails()
    {
        var payload = new Payload { Data = ByteString.CopyFromUtf8("\"ACTIVITY_ID_NOT_STARTED\"") };
        payload.Metadata["encoding"] = ByteString.CopyFromUtf8("json/plain");
        return new Payloads { Payloads_ = { payload } };
    }
}
