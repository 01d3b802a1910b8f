using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Workers;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.TaskQueue.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Task queues seen from outside, and workers that leave.</summary>
internal sealed class TaskQueueRpc(NamespaceRegistry namespaces, TaskQueues queues, WorkerDirectory workers)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<DescribeTaskQueueRequest, DescribeTaskQueueResponse>("DescribeTaskQueue", (request, _) => Task.FromResult(Describe(request)));
        workflow.Add<ShutdownWorkerRequest, ShutdownWorkerResponse>("ShutdownWorker", (request, _) => Task.FromResult(Shutdown(request)));
        workflow.Add<PollNexusTaskQueueRequest, PollNexusTaskQueueResponse>("PollNexusTaskQueue", PollNexusAsync);
    }

    private DescribeTaskQueueResponse Describe(DescribeTaskQueueRequest request)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Queue(request.TaskQueue);
        var type = request.TaskQueueType == TaskQueueType.Unspecified ? TaskQueueType.Workflow : request.TaskQueueType;
        var response = new DescribeTaskQueueResponse();
        var queue = queues.Find(new QueueKey(target.Id, request.TaskQueue.Name, type));
        if (queue is not null)
        {
            response.Pollers.AddRange(queue.RecentPollers().Select(poller => new PollerInfo
            {
                Identity = poller.Identity,
                LastAccessTime = Timestamp.FromDateTimeOffset(poller.LastPoll),
            }));
        }

        if (request.ReportStats)
        {
            response.Stats = new TaskQueueStats { ApproximateBacklogCount = queue?.Backlog ?? 0 };
        }

        return response;
    }

    private ShutdownWorkerResponse Shutdown(ShutdownWorkerRequest request)
    {
        var target = namespaces.Get(request.Namespace);
        if (request.WorkerHeartbeat is not null)
        {
            workers.Note(target.Id, [request.WorkerHeartbeat]);
        }

        if (request.StickyTaskQueue.Length > 0)
        {
            queues.Retire(target.Id, request.StickyTaskQueue);
        }

        foreach (var type in request.TaskQueueTypes)
        {
            queues.Find(new QueueKey(target.Id, request.TaskQueue, type))?.Dismiss(request.WorkerInstanceKey);
        }

        return new ShutdownWorkerResponse();
    }

    /// <summary>There are no Nexus tasks here: a worker that asks for them is kept waiting like by an empty queue.</summary>
    private async Task<PollNexusTaskQueueResponse> PollNexusAsync(PollNexusTaskQueueRequest request, GrpcCall call)
    {
        workers.Note(namespaces.Get(request.Namespace).Id, request.WorkerHeartbeat);
        await Task.Delay(LongPoll.Deadline(call, Limits.TaskPoll).Left, call.Time, call.CancellationToken);
        return new PollNexusTaskQueueResponse();
    }
}
