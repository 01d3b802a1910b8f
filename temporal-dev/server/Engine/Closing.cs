using Temporalio.Api.Command.V1;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

internal sealed record TerminateRequest(string Reason, Payloads? Details, string Identity);

/// <summary>The ends of a run, each of which may begin the next one (retry, cron, continue as new).</summary>
internal static class Closing
{
    public static void Complete(Transition step, CompleteWorkflowExecutionCommandAttributes command, CommandContext context)
    {
        Require.Size(
            command.Result, Limits.BlobBytes, "The result", WorkflowTaskFailedCause.BadCompleteWorkflowExecutionAttributes);
        var next = Succession.ByCron(step, null, command.Result);
        Close(step, WorkflowExecutionStatus.Completed, next, new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionCompleted,
            WorkflowExecutionCompletedEventAttributes = new()
            {
                Result = command.Result,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                NewExecutionRunId = next?.State.RunId ?? "",
            },
        });
    }

    public static void Fail(Transition step, FailWorkflowExecutionCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadFailWorkflowExecutionAttributes;
        if (command.Failure is null)
        {
            throw new WorkflowTaskRefusal(bad, "Failure is not set on the command.");
        }

        Require.Size(command.Failure, Limits.BlobBytes, "The failure", bad);
        var verdict = Verdict(step, command.Failure);
        var next = NextAfter(step, verdict, command.Failure);
        Close(step, WorkflowExecutionStatus.Failed, next, new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionFailed,
            WorkflowExecutionFailedEventAttributes = new()
            {
                Failure = command.Failure,
                RetryState = verdict.State,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                NewExecutionRunId = next?.State.RunId ?? "",
            },
        });
    }

    public static void Cancel(Transition step, CancelWorkflowExecutionCommandAttributes command, CommandContext context) =>
        Close(step, WorkflowExecutionStatus.Canceled, null, new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionCanceled,
            WorkflowExecutionCanceledEventAttributes = new()
            {
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                Details = command.Details,
            },
        });

    public static void ContinueAsNew(
        Transition step, ContinueAsNewWorkflowExecutionCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadContinueAsNewAttributes;
        Require.Size(command.Input, Limits.BlobBytes, "The input", bad);
        Require.Size(command.Memo, Limits.MemoBytes, "The memo", bad);
        var next = Succession.ByCommand(step, command);
        var attributes = new WorkflowExecutionContinuedAsNewEventAttributes
        {
            WorkflowTaskCompletedEventId = context.CompletedEventId,
            Initiator = command.Initiator,
            WorkflowRunTimeout = Succession.RunTimeout(step, command),
            WorkflowTaskTimeout = Succession.TaskTimeout(step, command),
            BackoffStartInterval = command.BackoffStartInterval,
        };
#pragma warning disable CS0612 // The event repeats the deprecated field of the command.
        attributes.InheritBuildId = command.InheritBuildId;
#pragma warning restore CS0612
        Close(step, WorkflowExecutionStatus.ContinuedAsNew, next, ContinuedAsNew(next, attributes));
    }

    public static void Terminate(Transition step, TerminateRequest request)
    {
        RunRefusals.RequireOpen(step.State);
        GiveUpTask(step);
        Close(step, WorkflowExecutionStatus.Terminated, null, new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionTerminated,
            WorkflowExecutionTerminatedEventAttributes = new()
            {
                Reason = request.Reason,
                Details = request.Details,
                Identity = request.Identity,
            },
        });
    }

    public static void TimeOut(Transition step)
    {
        var failure = new Failure
        {
            Message = "workflow timeout",
            Source = "Server",
            TimeoutFailureInfo = new() { TimeoutType = TimeoutType.StartToClose },
        };
        GiveUpTask(step);
        var isChainOver = step.State.ExecutionExpiresAt <= step.Now;
        var verdict = isChainOver ? new RetryVerdict(RetryState.Timeout, TimeSpan.Zero) : Verdict(step, failure);
        if (!isChainOver && NextAfter(step, verdict, failure) is { } next)
        {
            // The service goes on with the chain by itself, and the history says so in these words.
            var attributes = new WorkflowExecutionContinuedAsNewEventAttributes
            {
                WorkflowRunTimeout = step.State.Started.WorkflowRunTimeout,
                WorkflowTaskTimeout = step.State.Started.WorkflowTaskTimeout,
                BackoffStartInterval = next.State.Started.FirstWorkflowTaskBackoff,
            };
            Close(step, WorkflowExecutionStatus.ContinuedAsNew, next, ContinuedAsNew(next, attributes));
            return;
        }

        Close(step, WorkflowExecutionStatus.TimedOut, null, new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionTimedOut,
            WorkflowExecutionTimedOutEventAttributes = new() { RetryState = verdict.State },
        });
    }

    /// <summary>Adds what the next run begins with to what only this one knows.</summary>
    private static HistoryEvent ContinuedAsNew(Transition next, WorkflowExecutionContinuedAsNewEventAttributes attributes)
    {
        var started = next.State.Started;
        attributes.NewExecutionRunId = next.State.RunId;
        attributes.WorkflowType = started.WorkflowType;
        attributes.TaskQueue = started.TaskQueue;
        attributes.Input = started.Input;
        attributes.LastCompletionResult = started.LastCompletionResult;
        attributes.Header = started.Header;
        attributes.Memo = started.Memo;
        attributes.SearchAttributes = started.SearchAttributes;
#pragma warning disable CS0612 // Deprecated for workers, still what tells why the service continued the chain.
        attributes.Failure = started.ContinuedFailure;
#pragma warning restore CS0612
        return new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionContinuedAsNew,
            WorkflowExecutionContinuedAsNewEventAttributes = attributes,
        };
    }

    private static RetryVerdict Verdict(Transition step, Failure failure) => Retries.Decide(
        step.State.Started.RetryPolicy, step.State.Started.Attempt, failure, step.Now, step.State.ExecutionExpiresAt);

    private static Transition? NextAfter(Transition step, RetryVerdict verdict, Failure failure) =>
        verdict.State == RetryState.InProgress
            ? Succession.ByRetry(step, verdict.Delay, failure)
            : Succession.ByCron(step, failure, null);

    /// <summary>A worker may be busy with a task of a run that is being closed: the history says that its answer came too late.</summary>
    private static void GiveUpTask(Transition step)
    {
        if (step.State.HasStartedTask)
        {
            WorkflowTasks.Fail(step, new TaskFailure(WorkflowTaskFailedCause.ForceCloseCommand, null, ""));
        }

        step.State.WorkflowTask = null;
        step.Flush();
    }

    private static void Close(Transition step, WorkflowExecutionStatus status, Transition? successor, HistoryEvent closed)
    {
        var state = step.State;
        var closedEvent = step.Append(closed);
        state.Status = status;
        state.ClosedAt = step.Now;
        state.WorkflowTask = null;
        state.Sticky = null;
        state.FirstTaskAt = null;
        state.RunExpiresAt = null;
        state.SuccessorRunId = successor?.State.RunId;
        step.Successor = successor;
        step.VisibilityChanged = true;

        ApplyClosePolicies(step, closedEvent.EventId);
        if (successor is null && state.Started.ParentWorkflowExecution is { WorkflowId.Length: > 0 })
        {
            step.Send(OutboxKind.ParentNotification, closedEvent.EventId);
        }

        state.Activities.Clear();
        state.Timers.Clear();
        state.Children.Clear();
        state.Buffered.Clear();
    }

    private static void ApplyClosePolicies(Transition step, long closedEventId)
    {
        foreach (var child in step.State.Children.Values)
        {
            if (child.ParentClosePolicy == ParentClosePolicy.Abandon)
            {
                continue;
            }

            if (!child.IsStarted)
            {
                // Not born yet and not wanted any more.
                step.State.Outbox.RemoveAll(message =>
                    message.Kind == OutboxKind.StartChild && message.EventId == child.InitiatedEventId);
            }

            // The start may have been delivered already, its answer not: the policy goes out to be sure.
            step.Send(
                OutboxKind.ParentClosePolicy,
                closedEventId,
                new ClosePolicyTarget(child.NamespaceId, child.WorkflowId, child.RunId, child.ParentClosePolicy));
        }
    }
}
