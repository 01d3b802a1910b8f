using TemporalDev.Protocol.Grpc;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Update.V1;

namespace TemporalDev.Server.Engine;

internal sealed record ResetRequest(string Reason, string Identity, string RequestId, long FinishEventId, Reapply Again);

/// <summary>What came after the reset point and is given to the new run as well.</summary>
[Flags]
internal enum Reapply
{
    Nothing = 0,
    Signals = 1,
    Updates = 2,
    All = Signals | Updates,
}

/// <summary>
/// A reset: a new run begins with the history of an old one up to a workflow task, which then counts as failed, so that
/// the workflow decides again from there.
/// </summary>
internal static class Resets
{
    private const string Resetter = "history-service";

    /// <summary>The new run's first transition, finished; <paramref name="history"/> is that of the original, whole.</summary>
    public static Transition Begin(
        RunState original, IReadOnlyList<HistoryEvent> history, ResetRequest request, DateTimeOffset now, Func<string> newId)
    {
        Check(history, request.FinishEventId);
        var runId = newId();
        var step = new Transition(StateOf(original, runId, request, now), now, newId) { VisibilityChanged = true };
        var state = step.State;
        foreach (var item in history.TakeWhile(item => item.EventId < request.FinishEventId))
        {
            var copy = step.Append(item.Clone());
            HistoryReplay.Apply(step, copy, original);
            if (copy.EventId == 1)
            {
                state.FirstEvent = copy;
            }
        }

        // Between its two events the task had not been taken yet; here it was, by whoever resets.
        var started = step.Events[^1].EventType == EventType.WorkflowTaskStarted ? step.Events[^1] : step.Append(StartedTask(step));
        step.Append(FailedTask(original, started, request, runId));
        foreach (var later in history.Where(item => item.EventId >= request.FinishEventId))
        {
            if (Again(later, request.Again, state) is { } again)
            {
                HistoryReplay.Apply(step, step.Append(again), original);
            }
        }

        Resume(step);
        step.Finish();
        return step;
    }

    /// <summary>What was under way is taken up again by the new run, so the end of the old one must not touch it.</summary>
    public static void HandOver(Transition end, RunState heir)
    {
        foreach (var id in heir.Children.Keys)
        {
            end.State.Children.Remove(id);
        }

        end.State.ResetRunId = heir.RunId;
    }

    private static void Check(IReadOnlyList<HistoryEvent> history, long finishEventId)
    {
        if (finishEventId <= 1 || finishEventId > history.Count
            || history[(int)finishEventId - 2].EventType is not (EventType.WorkflowTaskStarted or EventType.WorkflowTaskScheduled))
        {
            throw new GrpcException(
                GrpcStatusCode.InvalidArgument,
                $"Event {finishEventId} neither starts nor ends a workflow task, so the workflow cannot be reset to it.");
        }
    }

    /// <summary>What the outside told the original goes for the new run as well; null when it does not.</summary>
    private static HistoryEvent? Again(HistoryEvent later, Reapply wanted, RunState state) => later.EventType switch
    {
        EventType.WorkflowExecutionSignaled when wanted.HasFlag(Reapply.Signals) => Untimed(later),
        EventType.WorkflowExecutionUpdateAdmitted when wanted.HasFlag(Reapply.Updates) =>
            Admitted(later.WorkflowExecutionUpdateAdmittedEventAttributes.Request, state),
        // An accepted update that lacks its request was admitted by an event, which has it.
        EventType.WorkflowExecutionUpdateAccepted when wanted.HasFlag(Reapply.Updates) =>
            Admitted(later.WorkflowExecutionUpdateAcceptedEventAttributes.AcceptedRequest, state),
        _ => null,
    };

    private static HistoryEvent Untimed(HistoryEvent later)
    {
        var again = later.Clone();
        again.EventTime = null;
        return again;
    }

    private static HistoryEvent? Admitted(Request? request, RunState state) =>
        request is null || state.Updates.ContainsKey(request.Meta.UpdateId)
            ? null
            : new HistoryEvent
            {
                EventType = EventType.WorkflowExecutionUpdateAdmitted,
                WorkflowExecutionUpdateAdmittedEventAttributes = new() { Request = request, Origin = UpdateAdmittedEventOrigin.Reapply },
            };

    private static void Resume(Transition step)
    {
        var state = step.State;
        foreach (var activity in state.Activities.Values)
        {
            ActivityTasks.ScheduleAttempt(step, activity, TimeSpan.Zero);
        }

        foreach (var child in state.Children.Values.Where(child => !child.IsStarted))
        {
            step.Send(OutboxKind.StartChild, child.InitiatedEventId);
        }

        foreach (var eventId in state.ExternalSignals.Keys)
        {
            step.Send(OutboxKind.SignalExternal, eventId);
        }

        foreach (var eventId in state.ExternalCancels.Keys)
        {
            step.Send(OutboxKind.CancelExternal, eventId);
        }

        WorkflowTasks.Wake(step);
    }

    private static RunState StateOf(RunState original, string runId, ResetRequest request, DateTimeOffset now) => new()
    {
        NamespaceId = original.NamespaceId,
        NamespaceName = original.NamespaceName,
        WorkflowId = original.WorkflowId,
        RunId = runId,
        FirstRunId = original.FirstRunId,
        CreateRequestId = request.RequestId,
        WorkflowType = original.WorkflowType,
        TaskQueue = original.TaskQueue,
        StartedAt = now,
        RunTimeout = original.RunTimeout,
        ExecutionTimeout = original.ExecutionTimeout,
        TaskTimeout = original.TaskTimeout,
        ExecutionExpiresAt = original.ExecutionExpiresAt,
        RunExpiresAt = original.RunTimeout > TimeSpan.Zero ? now + original.RunTimeout : null,
        Memo = original.Started.Memo?.Clone() ?? new(),
        SearchAttributes = original.Started.SearchAttributes?.Clone() ?? new(),
    };

    private static HistoryEvent StartedTask(Transition step) => new()
    {
        EventType = EventType.WorkflowTaskStarted,
        WorkflowTaskStartedEventAttributes = new()
        {
            ScheduledEventId = step.Events[^1].EventId,
            Identity = Resetter,
            RequestId = "emptyUuid",
            HistorySizeBytes = step.State.HistoryBytes,
        },
    };

    private static HistoryEvent FailedTask(RunState original, HistoryEvent started, ResetRequest request, string runId) => new()
    {
        EventType = EventType.WorkflowTaskFailed,
        WorkflowTaskFailedEventAttributes = new()
        {
            ScheduledEventId = started.WorkflowTaskStartedEventAttributes.ScheduledEventId,
            StartedEventId = started.EventId,
            Cause = WorkflowTaskFailedCause.ResetWorkflow,
            Failure = new() { Message = request.Reason, ResetWorkflowFailureInfo = new() },
            Identity = Resetter,
            BaseRunId = original.RunId,
            NewRunId = runId,
        },
    };
}
