using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Workers;
using Temporalio.Api.Enums.V1;
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
        TaskQueue? Find(TaskQueueType type) => queues.Find(new QueueKey(target.Id, request.TaskQueue.Name, type));
#pragma warning disable CS0612 // Deprecated, and what today's command line tool asks for.
        if (request.ApiMode == DescribeTaskQueueMode.Enhanced)
        {
            IEnumerable<TaskQueueType> types = request.TaskQueueTypes.Count > 0 ? request.TaskQueueTypes : [TaskQueueType.Workflow, TaskQueueType.Activity];
            return TaskQueueDescriptions.DescribeVersions(types.Select(type => (type, Find(type))), request);
        }
#pragma warning restore CS0612

        var type = request.TaskQueueType == TaskQueueType.Unspecified ? TaskQueueType.Workflow : request.TaskQueueType;
        return TaskQueueDescriptions.Describe(Find(type), request);
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
            Dismiss(request.StickyTaskQueue, TaskQueueType.Workflow);
        }

        foreach (var type in request.TaskQueueTypes)
        {
            Dismiss(request.TaskQueue, type);
        }

        return new ShutdownWorkerResponse();

        void Dismiss(string queue, TaskQueueType type) => queues[new QueueKey(target.Id, queue, type)].Dismiss(request.WorkerInstanceKey);
    }

    /// <summary>There are no Nexus tasks here: a worker that asks for them is kept waiting by a queue that stays empty.</summary>
    private async Task<PollNexusTaskQueueResponse> PollNexusAsync(PollNexusTaskQueueRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        workers.Note(target.Id, request.WorkerHeartbeat);
        Fields.Queue(request.TaskQueue);
        var queue = queues[new QueueKey(target.Id, request.TaskQueue.Name, TaskQueueType.Nexus)];
        var poller = new PollerId(request.Identity, request.WorkerInstanceKey);
        await queue.TakeAsync(poller, LongPoll.Deadline(call, Limits.TaskPoll).Left, call.CancellationToken);
        call.CancellationToken.ThrowIfCancellationRequested();
        return new PollNexusTaskQueueResponse();
    }
}
