using Google.Protobuf;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Visibility.Search;
using TemporalDev.Server.Workers;
using Temporalio.Api.Worker.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>What workers tell of themselves, for those who look after them.</summary>
internal sealed class WorkerRpc(NamespaceRegistry namespaces, WorkerDirectory workers)
{
    private const int PageWorkers = 1000;

    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<RecordWorkerHeartbeatRequest, RecordWorkerHeartbeatResponse>(
            "RecordWorkerHeartbeat", (request, _) => Task.FromResult(Record(request)));
        workflow.Add<ListWorkersRequest, ListWorkersResponse>("ListWorkers", (request, _) => Task.FromResult(List(request)));
        workflow.Add<CountWorkersRequest, CountWorkersResponse>("CountWorkers", (request, _) => Task.FromResult(Count(request)));
        workflow.Add<DescribeWorkerRequest, DescribeWorkerResponse>("DescribeWorker", (request, _) => Task.FromResult(Describe(request)));
    }

    private RecordWorkerHeartbeatResponse Record(RecordWorkerHeartbeatRequest request)
    {
        workers.Note(namespaces.Get(request.Namespace).Id, request.WorkerHeartbeat);
        return new RecordWorkerHeartbeatResponse();
    }

    private ListWorkersResponse List(ListWorkersRequest request)
    {
        var after = request.NextPageToken.ToStringUtf8();
        var limit = request.PageSize is > 0 and <= PageWorkers ? request.PageSize : PageWorkers;
        var page = Matching(request.Namespace, request.Query)
            .Where(worker => string.CompareOrdinal(worker.WorkerInstanceKey, after) > 0)
            .Take(limit + 1)
            .ToList();
        var response = new ListWorkersResponse();
        if (page.Count > limit)
        {
            page.RemoveAt(limit);
            response.NextPageToken = ByteString.CopyFromUtf8(page[^1].WorkerInstanceKey);
        }

        response.Workers.AddRange(page.Select(Brief));
#pragma warning disable CS0612 // What clients of this age read.
        response.WorkersInfo.AddRange(page.Select(worker => new WorkerInfo { WorkerHeartbeat = worker }));
#pragma warning restore CS0612
        return response;
    }

    private CountWorkersResponse Count(CountWorkersRequest request) =>
        new() { Count = Matching(request.Namespace, request.Query).Count() };

    private DescribeWorkerResponse Describe(DescribeWorkerRequest request)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Id(request.WorkerInstanceKey, "WorkerInstanceKey");
        var found = workers.Find(target.Id, request.WorkerInstanceKey)
            ?? throw RunRefusals.NotFound($"The namespace has no worker '{request.WorkerInstanceKey}'.");
        return new DescribeWorkerResponse { WorkerInfo = new WorkerInfo { WorkerHeartbeat = found } };
    }

    private IEnumerable<WorkerHeartbeat> Matching(string namespaceName, string query)
    {
        var target = namespaces.Get(namespaceName);
        try
        {
            var filter = QueryParser.Parse(query, WorkerFields.Find).Where;
            return workers.Of(target.Id).Where(worker => RowFilter.Matches(filter, field => WorkerFields.Read(field, worker)));
        }
        catch (InvalidQueryException invalid)
        {
            throw Fields.Invalid($"invalid query: {invalid.Message}");
        }
    }

    private static WorkerListInfo Brief(WorkerHeartbeat worker)
    {
        var brief = new WorkerListInfo
        {
            WorkerInstanceKey = worker.WorkerInstanceKey,
            WorkerIdentity = worker.WorkerIdentity,
            TaskQueue = worker.TaskQueue,
            DeploymentVersion = worker.DeploymentVersion,
            SdkName = worker.SdkName,
            SdkVersion = worker.SdkVersion,
            Status = worker.Status,
            StartTime = worker.StartTime,
            HostName = worker.HostInfo?.HostName ?? "",
            WorkerGroupingKey = worker.HostInfo?.WorkerGroupingKey ?? "",
            ProcessId = worker.HostInfo?.ProcessId ?? "",
        };
        brief.Plugins.AddRange(worker.Plugins);
        brief.Drivers.AddRange(worker.Drivers);
        return brief;
    }
}
