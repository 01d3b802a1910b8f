using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Queries;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Updates;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Workflow tasks between the queues and the workers.</summary>
internal sealed class WorkflowTaskRpc(
    NamespaceRegistry namespaces,
    Executions executions,
    TaskQueues queues,
    QueryBoard queries,
    UpdateBoard updates,
    WorkflowTaskReplies replies)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<PollWorkflowTaskQueueRequest, PollWorkflowTaskQueueResponse>("PollWorkflowTaskQueue", PollAsync);
        workflow.Add<RespondWorkflowTaskCompletedRequest, RespondWorkflowTaskCompletedResponse>("RespondWorkflowTaskCompleted", CompleteAsync);
        workflow.Add<RespondWorkflowTaskFailedRequest, RespondWorkflowTaskFailedResponse>("RespondWorkflowTaskFailed", FailAsync);
        workflow.Add<RespondQueryTaskCompletedRequest, RespondQueryTaskCompletedResponse>("RespondQueryTaskCompleted", AnswerQueryAsync);
        workflow.Add<ResetStickyTaskQueueRequest, ResetStickyTaskQueueResponse>("ResetStickyTaskQueue", ResetStickyAsync);
    }

    private async Task<PollWorkflowTaskQueueResponse> PollAsync(PollWorkflowTaskQueueRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Queue(request.TaskQueue);
        var queue = queues[new QueueKey(target.Id, request.TaskQueue.Name, TaskQueueType.Workflow)];
        var extent = request.TaskQueue.Kind == TaskQueueKind.Sticky ? HistoryExtent.SinceLastTask : HistoryExtent.Full;
        var normal = queue;
        if (request.TaskQueue.NormalName.Length > 0)
        {
            normal = queues[new QueueKey(target.Id, request.TaskQueue.NormalName, TaskQueueType.Workflow)];
            normal.Note(request.Identity);
        }

#pragma warning disable CS0612 // Where workers that are not versioned tell their build.
        var poller = new PollerId(request.Identity, request.WorkerInstanceKey) { BuildId = request.WorkerVersionCapabilities?.BuildId ?? "" };
#pragma warning restore CS0612
        var deadline = LongPoll.Deadline(call, Limits.TaskPoll);
        while (await queue.TakeAsync(poller, deadline.Left, call.CancellationToken) is { } task)
        {
            // A cancellation that came before the task may still be on its way through the thread pool.
            await Task.Yield();
            if (call.CancellationToken.IsCancellationRequested)
            {
                // One that was started for this poll is in the history as started by it; another worker answers it all the same.
                (queue.IsAttended ? queue : normal).PutBack(task);
                break;
            }

            var claimed = task.Claimed();
            try
            {
                if (await StartAsync(claimed, poller, extent) is { } response)
                {
                    response.BacklogCountHint = queue.Backlog;
                    return response;
                }
            }
            catch (GrpcException failure) when (failure.Code == GrpcStatusCode.Unavailable)
            {
                queue.PutBack(claimed);
                throw;
            }
        }

        return new PollWorkflowTaskQueueResponse();
    }

    /// <summary>Null when the task is stale. The poller's cancellation does not count any more: the start may be durable already.</summary>
    private async Task<PollWorkflowTaskQueueResponse?> StartAsync(QueuedTask queued, PollerId poller, HistoryExtent extent)
    {
        using var lease = await executions.EnterAsync(queued.Run.Chain, CancellationToken.None);
        var run = await lease.RunAsync(queued.Run.RunId, CancellationToken.None);
        if (run is null)
        {
            return null;
        }

        if (queued.Query is { } query)
        {
            if (query.IsAbandoned)
            {
                return null;
            }

            query.Taken.TrySetResult();
            return await WorkflowTaskReplies.BuildQueryAsync(lease, run, query, extent, CancellationToken.None);
        }

        if (run.State.WorkflowTask is not { } task || task.ScheduledEventId != queued.ScheduledEventId || task.Attempt != queued.Attempt
            || (task.IsStarted && task.RequestId != queued.StartRequestId))
        {
            return null;
        }

        if (!task.IsStarted)
        {
            await Executions.ChangeAsync(lease, run, step =>
            {
                WorkflowTasks.Start(step, poller.Taker, queued.StartRequestId!);
                return true;
            });
        }

        return await replies.BuildAsync(lease, run, extent, CancellationToken.None);
    }

    private async Task<RespondWorkflowTaskCompletedResponse> CompleteAsync(RespondWorkflowTaskCompletedRequest request, GrpcCall call)
    {
        if (request.IntermediatePage || request.PageNumber > 0)
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, "This server does not take workflow task completions in pages.");
        }

        var token = TaskToken.Decode(request.TaskToken);
        using var lease = await executions.EnterAsync(token.Run.Chain, CancellationToken.None);
        var run = await Executions.FindAsync(lease, token.Run, CancellationToken.None);
        RequireCurrent(run.State, token);
        var target = namespaces.FindById(token.Run.NamespaceId) ?? throw NamespaceRegistry.NotFound(token.Run.NamespaceId);
        try
        {
            var result = await Executions.ChangeAsync(
                lease,
                run,
                step =>
                {
                    CommandAttributes.Check(request.Commands, target);
                    var completed = TaskCompletion.Complete(step, request, updates.Inbox(step.State), Guid.NewGuid().ToString());
                    // Before the commit releases what is left: these have their answers.
                    queries.Answer(token.Run, request.QueryResults);
                    updates.Reject(token.Run, completed.RejectedUpdates);
                    return completed;
                });
            return await ResponseAsync(lease, run, request, result);
        }
        catch (WorkflowTaskRefusal refusal)
        {
            await Executions.ChangeAsync(lease, run, step =>
            {
                TaskCompletion.Refuse(step, refusal, request.Identity);
                return true;
            });
            throw Fields.Invalid(refusal.Message);
        }
    }

    private async Task<RespondWorkflowTaskCompletedResponse> ResponseAsync(
        ChainLease lease, LoadedRun run, RespondWorkflowTaskCompletedRequest request, CompletionResult result)
    {
        var response = new RespondWorkflowTaskCompletedResponse();
        if (result.StartedNextTask)
        {
            var extent = request.StickyAttributes is null ? HistoryExtent.Full : HistoryExtent.SinceLastTask;
            response.WorkflowTask = await replies.BuildAsync(lease, run, extent, CancellationToken.None);
        }

        foreach (var scheduledEventId in result.EagerActivities)
        {
            response.ActivityTasks.Add(
                await ActivityTaskReplies.BuildAsync(lease, run, run.State.Activities[scheduledEventId], CancellationToken.None));
        }

        return response;
    }

    private async Task<RespondWorkflowTaskFailedResponse> FailAsync(RespondWorkflowTaskFailedRequest request, GrpcCall call)
    {
        var token = TaskToken.Decode(request.TaskToken);
        await executions.ChangeAsync(
            token.Run,
            step =>
            {
                RequireCurrent(step.State, token);
                WorkflowTasks.Fail(step, new TaskFailure(request.Cause, request.Failure, request.Identity));
                WorkflowTasks.Wake(step);
            },
            CancellationToken.None);
        return new RespondWorkflowTaskFailedResponse();
    }

    private Task<RespondQueryTaskCompletedResponse> AnswerQueryAsync(RespondQueryTaskCompletedRequest request, GrpcCall call)
    {
        var token = TaskToken.Decode(request.TaskToken);
        var query = queries.FindDirect(token.QueryId)
            ?? throw RunRefusals.NotFound("query task not found, or already expired");
        query.Resolve(new WorkflowQueryResult
        {
            ResultType = request.CompletedType,
            Answer = request.QueryResult,
            ErrorMessage = request.ErrorMessage,
            Failure = request.Failure,
        });
        return Task.FromResult(new RespondQueryTaskCompletedResponse());
    }

    private async Task<ResetStickyTaskQueueResponse> ResetStickyAsync(ResetStickyTaskQueueRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        await executions.ChangeAsync(
            Executions.Key(target.Id, request.Execution), step => step.State.Sticky = null, call.CancellationToken);
        return new ResetStickyTaskQueueResponse();
    }

    private static void RequireCurrent(RunState state, TaskToken token)
    {
        RunRefusals.RequireOpen(state);
        if (state.WorkflowTask is not { IsStarted: true } task || task.ScheduledEventId != token.ScheduledEventId
            || task.StartedEventId != token.StartedEventId || task.Attempt != token.Attempt)
        {
            throw RunRefusals.StaleToken("Workflow task");
        }
    }
}
