using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.TaskQueue.V1;

namespace TemporalDev.Server.Engine;

/// <summary>
/// The workflow task: at most one per run, scheduled, started, then completed, failed or timed out. A retry (attempt
/// above 1) is transient: its events exist only in the poll response until it completes.
/// </summary>
internal static class WorkflowTasks
{
    /// <summary>From this attempt on a task that keeps failing gets more and more time, so that silent workers slow down.</summary>
    private const int BackoffFromAttempt = 3;
    private static readonly TimeSpan BackoffUnit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BackoffLimit = TimeSpan.FromMinutes(10);

    /// <summary>Makes sure that the worker hears about what was recorded.</summary>
    public static void Wake(Transition step)
    {
        var state = step.State;
        if (state.IsOpen && state.WorkflowTask is null && state.FirstTaskAt is null)
        {
            Schedule(step, step.Now);
            Announce(step);
        }
    }

    public static void Schedule(Transition step, DateTimeOffset firstScheduledAt)
    {
        var state = step.State;
        if (step.Flush())
        {
            // What was buffered is in the history now, so this task cannot be a repetition of the last one.
            state.TaskAttempt = 1;
        }

        state.WorkflowTask = new WorkflowTaskState
        {
            ScheduledEventId = state.NextEventId,
            Attempt = state.TaskAttempt,
            ScheduledAt = step.Now,
            FirstScheduledAt = firstScheduledAt,
            StartToClose = StartToClose(state.TaskTimeout, state.TaskAttempt),
            Sticky = state.TaskAttempt > 1 ? null : state.Sticky,
        };
        if (!state.WorkflowTask.IsTransient)
        {
            step.Append(ScheduledEvent(state, state.WorkflowTask));
        }
    }

    /// <summary>Puts the scheduled task where pollers find it.</summary>
    public static void Announce(Transition step)
    {
        var task = step.State.WorkflowTask!;
        step.MakeReady(new ReadyTask(ReadyKind.WorkflowTask, task.ScheduledEventId, task.Attempt));
    }

    public static void Start(Transition step, TaskTaker taker, string requestId)
    {
        var state = step.State;
        var task = state.WorkflowTask!;
        if (task.IsTransient && task.ScheduledEventId != state.NextEventId)
        {
            // The history has grown since: the retry is a task of its own and is written down.
            task.Attempt = 1;
            state.TaskAttempt = 1;
            task.ScheduledEventId = state.NextEventId;
            step.Append(ScheduledEvent(state, task));
        }

        task.Identity = taker.Identity;
        task.BuildId = taker.BuildId;
        task.RequestId = requestId;
        task.StartedAt = step.Now;
        task.HistoryBytesAtStart = state.HistoryBytes;
        task.SuggestContinueAsNew = state.HistoryBytes >= Limits.SuggestContinueAsNewBytes
            || state.NextEventId > Limits.SuggestContinueAsNewEvents
            || state.Updates.Count >= Limits.SuggestContinueAsNewUpdates;
        task.StartedEventId = task.IsTransient
            ? task.ScheduledEventId + 1
            : step.Append(StartedEvent(task)).EventId;
    }

    /// <summary>The two events that a poll response carries for a transient task and that the history lacks.</summary>
    public static IReadOnlyList<HistoryEvent> TransientEvents(RunState state)
    {
        if (state.WorkflowTask is not { IsTransient: true } task || task.ScheduledEventId != state.NextEventId)
        {
            return [];
        }

        var scheduled = ScheduledEvent(state, task);
        scheduled.EventId = task.ScheduledEventId;
        scheduled.EventTime = Timestamp.FromDateTimeOffset(task.ScheduledAt);
        if (!task.IsStarted)
        {
            return [scheduled];
        }

        var started = StartedEvent(task);
        started.EventId = task.StartedEventId;
        started.EventTime = Timestamp.FromDateTimeOffset(task.StartedAt!.Value);
        return [scheduled, started];
    }

    /// <summary>Takes the started task off the run and writes the events that were held back for a transient one.</summary>
    public static WorkflowTaskState TakeForCompletion(Transition step)
    {
        var task = step.State.WorkflowTask!;
        if (task.IsTransient)
        {
            task.ScheduledEventId = step.Append(TimedAt(ScheduledEvent(step.State, task), task.ScheduledAt)).EventId;
            task.StartedEventId = step.Append(TimedAt(StartedEvent(task), task.StartedAt!.Value)).EventId;
        }

        step.State.WorkflowTask = null;
        step.State.TaskAttempt = 1;
        return task;
    }

    public static void Fail(Transition step, TaskFailure failure)
    {
        var state = step.State;
        var task = state.WorkflowTask!;
        if (!task.IsTransient)
        {
            step.Append(new HistoryEvent
            {
                EventType = EventType.WorkflowTaskFailed,
                WorkflowTaskFailedEventAttributes = new()
                {
                    ScheduledEventId = task.ScheduledEventId,
                    StartedEventId = task.StartedEventId,
                    Cause = failure.Cause,
                    Failure = failure.Failure,
                    Identity = failure.Identity,
                },
            });
        }

        state.WorkflowTask = null;
        state.Sticky = null;
        state.TaskAttempt = task.Attempt + 1;
    }

    public static void TimeOut(Transition step, TimeoutType type)
    {
        var state = step.State;
        var task = state.WorkflowTask!;
        if (!task.IsTransient)
        {
            step.Append(new HistoryEvent
            {
                EventType = EventType.WorkflowTaskTimedOut,
                WorkflowTaskTimedOutEventAttributes = new()
                {
                    ScheduledEventId = task.ScheduledEventId,
                    StartedEventId = task.StartedEventId,
                    TimeoutType = type,
                },
            });
        }

        state.WorkflowTask = null;
        state.Sticky = null;
        // A sticky worker that went away is no failure of the task: the next one is written like the first.
        state.TaskAttempt = type == TimeoutType.ScheduleToStart ? task.Attempt : task.Attempt + 1;
        Wake(step);
    }

    private static TimeSpan StartToClose(TimeSpan ordinary, int attempt)
    {
        if (attempt <= BackoffFromAttempt)
        {
            return ordinary;
        }

        var factor = Math.Pow(2, Math.Min(attempt - BackoffFromAttempt - 1, 20));
        var extra = BackoffUnit * factor;
        return ordinary + (extra < BackoffLimit ? extra : BackoffLimit);
    }

    private static HistoryEvent TimedAt(HistoryEvent written, DateTimeOffset at)
    {
        written.EventTime = Timestamp.FromDateTimeOffset(at);
        return written;
    }

    private static HistoryEvent ScheduledEvent(RunState state, WorkflowTaskState task) => new()
    {
        EventType = EventType.WorkflowTaskScheduled,
        WorkflowTaskScheduledEventAttributes = new()
        {
            TaskQueue = QueueOf(state, task),
            StartToCloseTimeout = Duration.FromTimeSpan(task.StartToClose),
            Attempt = task.Attempt,
        },
    };

    private static HistoryEvent StartedEvent(WorkflowTaskState task)
    {
        var attributes = new WorkflowTaskStartedEventAttributes
        {
            ScheduledEventId = task.ScheduledEventId,
            Identity = task.Identity,
            RequestId = task.RequestId,
            HistorySizeBytes = task.HistoryBytesAtStart,
            SuggestContinueAsNew = task.SuggestContinueAsNew,
        };
#pragma warning disable CS0612 // Where people and SDKs look for the build of a worker that is not versioned.
        attributes.WorkerVersion = TaskTaker.Stamp(task.BuildId);
#pragma warning restore CS0612
        return new HistoryEvent { EventType = EventType.WorkflowTaskStarted, WorkflowTaskStartedEventAttributes = attributes };
    }

    private static TaskQueue QueueOf(RunState state, WorkflowTaskState task) => task.Sticky is { } sticky
        ? new TaskQueue { Name = sticky.Name, Kind = TaskQueueKind.Sticky, NormalName = state.TaskQueue }
        : new TaskQueue { Name = state.TaskQueue, Kind = TaskQueueKind.Normal };
}

/// <summary>The worker that takes a task: its name for people, and the build that it runs, where it tells.</summary>
internal sealed record TaskTaker(string Identity, string BuildId)
{
    public static WorkerVersionStamp? Stamp(string buildId) => buildId.Length == 0 ? null : new() { BuildId = buildId };
}

internal sealed record TaskFailure(WorkflowTaskFailedCause Cause, Failure? Failure, string Identity);
