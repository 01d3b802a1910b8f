using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Clock;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Queries;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Runs;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Query.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>
/// QueryWorkflow. A run with a pending workflow task gets the query with that task, so that the answer knows all that has
/// happened; an idle or closed one gets it as a task of its own.
/// </summary>
internal sealed class QueryRpc(NamespaceRegistry namespaces, Executions executions, TaskQueues queues, QueryBoard board, TimeSkipping? skipping)
{
    /// <summary>A caller that names no deadline waits no longer than this.</summary>
    private static readonly TimeSpan DefaultWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan StickyWait = TimeSpan.FromSeconds(5);

    public void Map(GrpcRoutes routes) =>
        ServiceRoutes.Workflow(routes).Add<QueryWorkflowRequest, QueryWorkflowResponse>("QueryWorkflow", QueryAsync);

    private async Task<QueryWorkflowResponse> QueryAsync(QueryWorkflowRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Id(request.Query?.QueryType ?? "", "QueryType");
        Fields.Blob(request.Query, "Query");
        var key = Executions.Key(target.Id, request.Execution);
        using var asking = skipping?.Hold();
        var deadline = LongPoll.Deadline(call, DefaultWait);
        while (true)
        {
            var plan = await PlanAsync(key, request, call.CancellationToken);
            key = plan.Run;
            if (plan.Rejected is { } status)
            {
                return new QueryWorkflowResponse { QueryRejected = new QueryRejected { Status = status } };
            }

            var result = plan.Buffered is { } buffered
                ? await AwaitTaskAsync(plan, buffered, deadline, call)
                : await AskAsync(plan, request.Query!, deadline, call);
            if (result is not null)
            {
                return new QueryWorkflowResponse { QueryResult = QueryBoard.Unwrap(result) };
            }
        }
    }

    private async Task<QueryPlan> PlanAsync(RunKey key, QueryWorkflowRequest request, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(key.Chain, cancellation);
        var state = (await Executions.FindAsync(lease, key, cancellation)).State;
        var plan = new QueryPlan(state.Key, state.TaskQueue) { Sticky = state.Sticky };
        if (IsRejected(state.Status, request.QueryRejectCondition))
        {
            return plan with { Rejected = state.Status };
        }

        if (state.FirstTaskAt is not null)
        {
            throw new GrpcException(GrpcStatusCode.FailedPrecondition, "Cannot query workflow, since its first workflow task is not scheduled yet.");
        }

        if (state.LastCompletedStartedEventId == 0 && !state.IsOpen)
        {
            throw new GrpcException(
                GrpcStatusCode.FailedPrecondition, "The workflow ended before its first workflow task: there is nothing to query.", new WorkflowNotReadyFailure());
        }

        return state.WorkflowTask is null ? plan : plan with { Buffered = board.Buffer(state.Key, request.Query) };
    }

    private async Task<WorkflowQueryResult?> AwaitTaskAsync(QueryPlan plan, PendingQuery query, LongPoll deadline, GrpcCall call)
    {
        try
        {
            return await query.Answer.WaitAsync(deadline.Left, call.Time, call.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw Unanswered(plan);
        }
        finally
        {
            board.Forget(plan.Run, query);
        }
    }

    private async Task<WorkflowQueryResult?> AskAsync(QueryPlan plan, WorkflowQuery asked, LongPoll deadline, GrpcCall call)
    {
        if (plan.Sticky is { } sticky)
        {
            var key = new QueueKey(plan.Run.NamespaceId, sticky.Name, TaskQueueType.Workflow);
            var wait = deadline.Left < StickyWait ? deadline.Left : StickyWait;
            if (queues.Find(key) is { IsAttended: true } && await AskAsync(key, plan, asked, wait, deadline, call) is { } answer)
            {
                return answer;
            }
        }

        var normal = new QueueKey(plan.Run.NamespaceId, plan.NormalQueue, TaskQueueType.Workflow);
        return await AskAsync(normal, plan, asked, deadline.Left, deadline, call) ?? throw Unanswered(plan);
    }

    /// <summary>Null when no worker takes the query within <paramref name="takeWait"/>.</summary>
    private async Task<WorkflowQueryResult?> AskAsync(
        QueueKey queue, QueryPlan plan, WorkflowQuery asked, TimeSpan takeWait, LongPoll deadline, GrpcCall call)
    {
        var query = new DirectQuery(asked);
        board.Open(query);
        try
        {
            queues.Publish(queue, new QueuedTask(plan.Run, 0, 0) { Query = query });
            await query.Taken.Task.WaitAsync(takeWait, call.Time, call.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            call.CancellationToken.ThrowIfCancellationRequested();
            return query.Taken.Task.IsCompleted
                ? await query.Answer.WaitAsync(deadline.Left, call.Time, call.CancellationToken)
                : null;
        }
        catch (TimeoutException)
        {
            throw new GrpcException(GrpcStatusCode.DeadlineExceeded, "The worker has taken the query and not answered in time.");
        }
        finally
        {
            board.Close(query);
        }
    }

    private GrpcException Unanswered(QueryPlan plan)
    {
        var queue = queues.Find(new QueueKey(plan.Run.NamespaceId, plan.NormalQueue, TaskQueueType.Workflow));
        return queue is { HasPollers: true }
            ? new GrpcException(GrpcStatusCode.DeadlineExceeded, "No worker has answered the query in time.")
            : new GrpcException(GrpcStatusCode.FailedPrecondition, "no poller seen for task queue recently, worker may be down");
    }

    private static bool IsRejected(WorkflowExecutionStatus status, QueryRejectCondition condition) => condition switch
    {
        QueryRejectCondition.NotOpen => status != WorkflowExecutionStatus.Running,
        QueryRejectCondition.NotCompletedCleanly => status is not (WorkflowExecutionStatus.Running or WorkflowExecutionStatus.Completed),
        _ => false,
    };

    private sealed record QueryPlan(RunKey Run, string NormalQueue)
    {
        public StickyQueue? Sticky { get; init; }
        public PendingQuery? Buffered { get; init; }
        public WorkflowExecutionStatus? Rejected { get; init; }
    }
}
