using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Runs;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Activity tasks between the queues and the workers, and the answers that come with their task token.</summary>
internal sealed class ActivityTaskRpc(
    NamespaceRegistry namespaces, Executions executions, TaskQueues queues)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<PollActivityTaskQueueRequest, PollActivityTaskQueueResponse>("PollActivityTaskQueue", PollAsync);
        workflow.Add<RespondActivityTaskCompletedRequest, RespondActivityTaskCompletedResponse>("RespondActivityTaskCompleted", CompleteAsync);
        workflow.Add<RespondActivityTaskFailedRequest, RespondActivityTaskFailedResponse>("RespondActivityTaskFailed", FailAsync);
        workflow.Add<RespondActivityTaskCanceledRequest, RespondActivityTaskCanceledResponse>("RespondActivityTaskCanceled", CancelAsync);
        workflow.Add<RecordActivityTaskHeartbeatRequest, RecordActivityTaskHeartbeatResponse>("RecordActivityTaskHeartbeat", HeartbeatAsync);
        workflow.Add<RespondActivityTaskCompletedByIdRequest, RespondActivityTaskCompletedByIdResponse>("RespondActivityTaskCompletedById", CompleteByIdAsync);
        workflow.Add<RespondActivityTaskFailedByIdRequest, RespondActivityTaskFailedByIdResponse>("RespondActivityTaskFailedById", FailByIdAsync);
        workflow.Add<RespondActivityTaskCanceledByIdRequest, RespondActivityTaskCanceledByIdResponse>("RespondActivityTaskCanceledById", CancelByIdAsync);
        workflow.Add<RecordActivityTaskHeartbeatByIdRequest, RecordActivityTaskHeartbeatByIdResponse>("RecordActivityTaskHeartbeatById", HeartbeatByIdAsync);
    }

    private async Task<PollActivityTaskQueueResponse> PollAsync(PollActivityTaskQueueRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Queue(request.TaskQueue);
        var queue = queues[new QueueKey(target.Id, request.TaskQueue.Name, TaskQueueType.Activity)];
#pragma warning disable CS0612 // Where workers that are not versioned tell their build.
        var poller = new PollerId(request.Identity, request.WorkerInstanceKey) { BuildId = request.WorkerVersionCapabilities?.BuildId ?? "" };
#pragma warning restore CS0612
        var deadline = LongPoll.Deadline(call, Limits.TaskPoll);
        while (await queue.TakeAsync(poller, deadline.Left, call.CancellationToken) is { } task)
        {
            // A cancellation that came before the task may still be on its way through the thread pool.
            await Task.Yield();
            var claimed = task.Claimed();
            try
            {
                if (call.CancellationToken.IsCancellationRequested)
                {
                    await ReturnAsync(task, queue);
                    break;
                }

                if (await StartAsync(claimed, poller, request.TaskQueue.Name) is { } response)
                {
                    return response;
                }
            }
            catch (GrpcException failure) when (failure.Code == GrpcStatusCode.Unavailable)
            {
                queue.PutBack(claimed);
                throw;
            }
        }

        return new PollActivityTaskQueueResponse();
    }

    private async Task<PollActivityTaskQueueResponse?> StartAsync(QueuedTask queued, PollerId poller, string queue)
    {
        using var lease = await executions.EnterAsync(queued.Run.Chain, CancellationToken.None);
        var run = await lease.RunAsync(queued.Run.RunId, CancellationToken.None);
        if (run is null || !run.State.Activities.TryGetValue(queued.ScheduledEventId, out var activity) || activity.Attempt != queued.Attempt
            || activity.TaskQueue != queue
            || (activity.IsStarted ? activity.RequestId != queued.StartRequestId : !activity.IsReady))
        {
            return null;
        }

        if (!activity.IsStarted)
        {
            await Executions.ChangeAsync(lease, run, step =>
            {
                ActivityTasks.Start(step, activity, poller.Taker, queued.StartRequestId!);
                return true;
            });
        }

        return await ActivityTaskReplies.BuildAsync(lease, run, activity, CancellationToken.None);
    }

    /// <summary>An attempt that was started for a poll that has gone since has not begun: its time must not run.</summary>
    private async Task ReturnAsync(QueuedTask queued, TaskQueue queue)
    {
        if (queued.StartRequestId is null)
        {
            queue.PutBack(queued);
            return;
        }

        using var lease = await executions.EnterAsync(queued.Run.Chain, CancellationToken.None);
        var run = await lease.RunAsync(queued.Run.RunId, CancellationToken.None);
        if (run?.State.Activities.GetValueOrDefault(queued.ScheduledEventId) is { IsStarted: true } activity && activity.RequestId == queued.StartRequestId)
        {
            await Executions.ChangeAsync(lease, run, step =>
            {
                ActivityTasks.TakeBack(step, activity);
                return true;
            });
        }
    }

#pragma warning disable CS0612 // Where workers that are not versioned tell their build.
    private async Task<RespondActivityTaskCompletedResponse> CompleteAsync(RespondActivityTaskCompletedRequest request, GrpcCall call)
    {
        await AnswerAsync(ByToken(request.TaskToken), new ActivityAnswer.Completed(request.Result, request.Identity), request.WorkerVersion);
        return new RespondActivityTaskCompletedResponse();
    }

    private async Task<RespondActivityTaskFailedResponse> FailAsync(RespondActivityTaskFailedRequest request, GrpcCall call)
    {
        var answer = new ActivityAnswer.Failed(request.Failure, request.LastHeartbeatDetails, request.Identity);
        await AnswerAsync(ByToken(request.TaskToken), answer, request.WorkerVersion);
        return new RespondActivityTaskFailedResponse();
    }

    private async Task<RespondActivityTaskCanceledResponse> CancelAsync(RespondActivityTaskCanceledRequest request, GrpcCall call)
    {
        await AnswerAsync(ByToken(request.TaskToken), new ActivityAnswer.Canceled(request.Details, request.Identity), request.WorkerVersion);
        return new RespondActivityTaskCanceledResponse();
    }
#pragma warning restore CS0612

    private async Task<RecordActivityTaskHeartbeatResponse> HeartbeatAsync(RecordActivityTaskHeartbeatRequest request, GrpcCall call)
    {
        var orders = await BeatAsync(ByToken(request.TaskToken), request.Details);
        return new() { CancelRequested = orders.Cancel, ActivityPaused = orders.Pause, ActivityReset = orders.Reset };
    }

    private async Task<RespondActivityTaskCompletedByIdResponse> CompleteByIdAsync(RespondActivityTaskCompletedByIdRequest request, GrpcCall call)
    {
        var address = ById(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId);
        await AnswerAsync(address, new ActivityAnswer.Completed(request.Result, request.Identity));
        return new RespondActivityTaskCompletedByIdResponse();
    }

    private async Task<RespondActivityTaskFailedByIdResponse> FailByIdAsync(RespondActivityTaskFailedByIdRequest request, GrpcCall call)
    {
        var address = ById(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId);
        await AnswerAsync(address, new ActivityAnswer.Failed(request.Failure, request.LastHeartbeatDetails, request.Identity));
        return new RespondActivityTaskFailedByIdResponse();
    }

    private async Task<RespondActivityTaskCanceledByIdResponse> CancelByIdAsync(RespondActivityTaskCanceledByIdRequest request, GrpcCall call)
    {
        var address = ById(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId);
        await AnswerAsync(address, new ActivityAnswer.Canceled(request.Details, request.Identity));
        return new RespondActivityTaskCanceledByIdResponse();
    }

    private async Task<RecordActivityTaskHeartbeatByIdResponse> HeartbeatByIdAsync(RecordActivityTaskHeartbeatByIdRequest request, GrpcCall call)
    {
        var address = ById(request.Namespace, request.WorkflowId, request.RunId, request.ActivityId);
        var orders = await BeatAsync(address, request.Details);
        return new() { CancelRequested = orders.Cancel, ActivityPaused = orders.Pause, ActivityReset = orders.Reset };
    }

    private Task AnswerAsync(ActivityAddress address, ActivityAnswer answer, WorkerVersionStamp? version = null) => executions.ChangeAsync(
        address.Run,
        step =>
        {
            var activity = address.Find(step.State);
            // The history has the build that answered; only where nobody tells it the one that took the task.
            activity.BuildId = version is { BuildId.Length: > 0 } ? version.BuildId : activity.BuildId;
            answer.Apply(step, activity);
        },
        CancellationToken.None);

    private Task<HeartbeatOrders> BeatAsync(ActivityAddress address, Payloads? details)
    {
        return executions.ChangeAsync(
            address.Run,
            step =>
            {
                var activity = address.Find(step.State);
                if (ActivityLimits.Excess(details, "The heartbeat details exceed size limit.") is { } excess)
                {
                    // The worker is told to stop: its activity has just failed under it.
                    ActivityTasks.Fail(step, activity, excess, activity.Identity);
                    return new HeartbeatOrders(Cancel: true, Pause: false, Reset: false);
                }

                ActivityTasks.Heartbeat(step, activity, details);
                return new HeartbeatOrders(activity.IsCancelRequested, activity.IsPaused, activity.PendingReset is not null);
            },
            CancellationToken.None);
    }

    private static ActivityAddress ByToken(Google.Protobuf.ByteString bytes)
    {
        var token = TaskToken.Decode(bytes);
        return new ActivityAddress(token.Run, token, "");
    }

    private ActivityAddress ById(string namespaceName, string workflowId, string runId, string activityId)
    {
        var target = namespaces.Get(namespaceName);
        Fields.Id(activityId, "ActivityID");
        var key = Executions.Key(target.Id, new WorkflowExecution { WorkflowId = workflowId, RunId = runId });
        return new ActivityAddress(key, null, activityId);
    }
}

/// <summary>What the answer to a heartbeat tells a worker to do.</summary>
internal sealed record HeartbeatOrders(bool Cancel, bool Pause, bool Reset);

/// <summary>Which activity an answer is for: the one of a task token, or the one with an id.</summary>
internal sealed record ActivityAddress(RunKey Run, TaskToken? Token, string ActivityId)
{
    public ActivityState Find(RunState state)
    {
        RunRefusals.RequireOpen(state);
        var activity = Token is null
            ? state.Activities.Values.FirstOrDefault(pending => pending.ActivityId == ActivityId)
            : state.Activities.GetValueOrDefault(Token.ScheduledEventId);
        var isCurrent = activity is { IsStarted: true } && (Token is null || Token.Attempt == activity.Attempt);
        return isCurrent ? activity! : throw NotFound();
    }

    private static GrpcException NotFound() =>
        RunRefusals.NotFound("invalid activityID or activity already timed out or invoking workflow is completed");
}

/// <summary>How an attempt of an activity ended, as its worker tells it.</summary>
internal abstract record ActivityAnswer
{
    public abstract void Apply(Transition step, ActivityState activity);

    internal sealed record Completed(Payloads? Result, string Identity) : ActivityAnswer
    {
        public override void Apply(Transition step, ActivityState activity)
        {
            if (ActivityLimits.Excess(Result, "The result exceeds size limit.") is { } excess)
            {
                ActivityTasks.Fail(step, activity, excess, Identity);
                return;
            }

            ActivityTasks.Complete(step, activity, Result, Identity);
        }
    }

    internal sealed record Failed(Failure? Failure, Payloads? LastHeartbeat, string Identity) : ActivityAnswer
    {
        public override void Apply(Transition step, ActivityState activity)
        {
            if (LastHeartbeat is not null)
            {
                ActivityTasks.Heartbeat(step, activity, LastHeartbeat);
            }

            var failure = Failure ?? new Failure { Message = "The worker gave no failure.", Source = "Server" };
            ActivityTasks.Fail(step, activity, ActivityLimits.Shorten(failure), Identity);
        }
    }

    internal sealed record Canceled(Payloads? Details, string Identity) : ActivityAnswer
    {
        public override void Apply(Transition step, ActivityState activity)
        {
            if (!activity.IsCancelRequested)
            {
                throw Fields.Invalid("The activity cannot be reported as canceled: nobody has requested its cancellation.");
            }

            ActivityTasks.Cancel(step, activity, Details, Identity);
        }
    }
}

internal static class ActivityLimits
{
    /// <summary>The failure of an activity whose answer is larger than a payload may be.</summary>
    public static Failure? Excess(Google.Protobuf.IMessage? value, string sentence) =>
        value?.CalculateSize() > Limits.BlobBytes
            ? new Failure
            {
                Message = sentence,
                Source = "Server",
                ServerFailureInfo = new() { NonRetryable = true },
            }
            : null;

    public static Failure Shorten(Failure failure) => failure.CalculateSize() > Limits.BlobBytes
        ? new Failure
        {
            Message = "The failure exceeds size limit.",
            Source = "Server",
            Cause = Retries.Trim(failure),
            ServerFailureInfo = new() { NonRetryable = !Retries.IsRetryable(failure, []) },
        }
        : failure;
}
