using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Engine;

/// <summary>What a completed workflow task gives back to its worker besides the new state.</summary>
internal sealed class CompletionResult
{
    public List<long> EagerActivities { get; } = [];

    /// <summary>Updates that the worker, or the server for it, refused: their callers learn it, the history does not.</summary>
    public required IReadOnlyDictionary<string, Failure> RejectedUpdates { get; init; }

    /// <summary>The next task was started at once and travels in the response.</summary>
    public bool StartedNextTask { get; set; }
}

/// <summary>Applies a worker's answer to a workflow task.</summary>
internal static class TaskCompletion
{
    public static CompletionResult Complete(
        Transition step, RespondWorkflowTaskCompletedRequest request, UpdateInbox inbox, string nextRequestId)
    {
        Commands.CheckOrder(request.Commands);
        var state = step.State;
        var task = WorkflowTasks.TakeForCompletion(step);
        var completed = step.Append(CompletedEvent(task, request));
        state.LastCompletedStartedEventId = task.StartedEventId;
        SetSticky(state, request);

        var updates = new UpdateProtocol(request.Messages, inbox);
        var worker = new TaskTaker(request.Identity, task.BuildId);
        var context = new CommandContext(completed.EventId, worker, updates, state.Buffered.Count > 0 || inbox.HasMore);
        foreach (var command in request.Commands)
        {
            Commands.Apply(step, command, context);
        }

        updates.ApplyRest(step);
        updates.RejectUnanswered();
        var result = new CompletionResult { RejectedUpdates = updates.Rejected };
        if (state.IsOpen)
        {
            result.EagerActivities.AddRange(context.EagerActivities);
            ScheduleNext(step, request, task, context, nextRequestId, result);
        }

        return result;
    }

    /// <summary>Turns a refused completion into a failed task; the state must be the one from before the completion.</summary>
    public static void Refuse(Transition step, WorkflowTaskRefusal refusal, string identity)
    {
        var failure = new Failure { Message = refusal.Message, ServerFailureInfo = new() };
        WorkflowTasks.Fail(step, new TaskFailure(refusal.Cause, failure, identity));
        if (refusal.ClosesTheRun)
        {
            step.Flush();
            Closing.Terminate(step, new TerminateRequest(refusal.Message, null, "history-service"));
            return;
        }

        WorkflowTasks.Wake(step);
    }

    private static void ScheduleNext(
        Transition step,
        RespondWorkflowTaskCompletedRequest request,
        WorkflowTaskState task,
        CommandContext context,
        string nextRequestId,
        CompletionResult result)
    {
        var mustContinue = request.ForceCreateNewWorkflowTask || context.HadBufferedEvents || context.ResolvedAtOnce
            || step.State.Buffered.Count > 0;
        if (!mustContinue)
        {
            return;
        }

        var isHeartbeat = request.ForceCreateNewWorkflowTask && request.Commands.Count == 0 && request.Messages.Count == 0;
        if (isHeartbeat && step.Now - task.FirstScheduledAt > Limits.TaskHeartbeatTotal)
        {
            step.State.Sticky = null;
            isHeartbeat = false;
        }

        WorkflowTasks.Schedule(step, isHeartbeat ? task.FirstScheduledAt : step.Now);
        if (request.ReturnNewWorkflowTask)
        {
            WorkflowTasks.Start(step, context.Worker, nextRequestId);
            result.StartedNextTask = true;
            return;
        }

        WorkflowTasks.Announce(step);
    }

    private static void SetSticky(RunState state, RespondWorkflowTaskCompletedRequest request)
    {
        var sticky = request.StickyAttributes;
        state.Sticky = sticky?.WorkerTaskQueue is { Name.Length: > 0 } queue
            ? new StickyQueue(queue.Name, sticky.ScheduleToStartTimeout?.ToTimeSpan() ?? TimeSpan.Zero)
            : null;
    }

    private static HistoryEvent CompletedEvent(WorkflowTaskState task, RespondWorkflowTaskCompletedRequest request)
    {
        var attributes = new WorkflowTaskCompletedEventAttributes
        {
            ScheduledEventId = task.ScheduledEventId,
            StartedEventId = task.StartedEventId,
            Identity = request.Identity,
            SdkMetadata = request.SdkMetadata,
            MeteringMetadata = request.MeteringMetadata,
        };
        if (request.DeploymentOptions is { DeploymentName.Length: > 0 } deployment)
        {
            attributes.WorkerDeploymentName = deployment.DeploymentName;
            attributes.DeploymentVersion = new() { DeploymentName = deployment.DeploymentName, BuildId = deployment.BuildId };
        }

#pragma warning disable CS0612 // Build ids of unversioned workers travel in the deprecated stamp; SDKs read it back on replay.
        attributes.WorkerVersion = request.WorkerVersionStamp ?? TaskTaker.Stamp(task.BuildId);
        // Workers that say their build repeat it in the older field.
        attributes.BinaryChecksum = attributes.WorkerVersion is null ? request.BinaryChecksum : "";
#pragma warning restore CS0612
        return new HistoryEvent
        {
            EventType = EventType.WorkflowTaskCompleted,
            WorkflowTaskCompletedEventAttributes = attributes,
        };
    }
}

/// <summary>What the commands of one completion share.</summary>
internal sealed class CommandContext(long completedEventId, TaskTaker worker, UpdateProtocol updates, bool hadBufferedEvents)
{
    public long CompletedEventId => completedEventId;

    public TaskTaker Worker => worker;

    public UpdateProtocol Updates => updates;

    /// <summary>Something waits that the worker does not know of: an event in the buffer, or an update.</summary>
    public bool HadBufferedEvents { get; set; } = hadBufferedEvents;

    /// <summary>A command had its answer at once (an activity cancelled before it started), so the worker must hear it.</summary>
    public bool ResolvedAtOnce { get; set; }

    public List<long> EagerActivities { get; } = [];
}

/// <summary>The completion breaks a rule: the task fails with the cause and the worker gets INVALID_ARGUMENT.</summary>
internal sealed class WorkflowTaskRefusal(WorkflowTaskFailedCause cause, string reason)
    : Exception(reason.Length == 0 ? cause.ToString() : $"{cause}: {reason}")
{
    public WorkflowTaskFailedCause Cause => cause;

    /// <summary>A payload over its limit stays over it in every retry: the run is terminated with the reason.</summary>
    public bool ClosesTheRun { get; init; }
}
