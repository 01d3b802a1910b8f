using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Workflow.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Lists and counts of workflows, and the attributes that they can be searched by.</summary>
internal sealed class VisibilityRpc(NamespaceRegistry namespaces, IStore store)
{
    private const int PageRuns = 1000;

    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<ListWorkflowExecutionsRequest, ListWorkflowExecutionsResponse>("ListWorkflowExecutions", ListAsync);
        workflow.Add<ScanWorkflowExecutionsRequest, ScanWorkflowExecutionsResponse>("ScanWorkflowExecutions", ScanAsync);
        workflow.Add<ListOpenWorkflowExecutionsRequest, ListOpenWorkflowExecutionsResponse>("ListOpenWorkflowExecutions", ListOpenAsync);
        workflow.Add<ListClosedWorkflowExecutionsRequest, ListClosedWorkflowExecutionsResponse>("ListClosedWorkflowExecutions", ListClosedAsync);
        workflow.Add<CountWorkflowExecutionsRequest, CountWorkflowExecutionsResponse>("CountWorkflowExecutions", CountAsync);
        workflow.Add<GetSearchAttributesRequest, GetSearchAttributesResponse>("GetSearchAttributes", (_, _) => Task.FromResult(Attributes()));
    }

    private async Task<ListWorkflowExecutionsResponse> ListAsync(ListWorkflowExecutionsRequest request, GrpcCall call)
    {
        var (runs, next) = await PageAsync(request.Namespace, request.Query, request.PageSize, request.NextPageToken, call);
        return new ListWorkflowExecutionsResponse { Executions = { runs }, NextPageToken = next };
    }

    private async Task<ScanWorkflowExecutionsResponse> ScanAsync(ScanWorkflowExecutionsRequest request, GrpcCall call)
    {
        var (runs, next) = await PageAsync(request.Namespace, request.Query, request.PageSize, request.NextPageToken, call);
        return new ScanWorkflowExecutionsResponse { Executions = { runs }, NextPageToken = next };
    }

    private async Task<ListOpenWorkflowExecutionsResponse> ListOpenAsync(ListOpenWorkflowExecutionsRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var (runs, next) = await PageAsync(target, PlainList.Of(request), request.MaximumPageSize, request.NextPageToken, call);
        return new ListOpenWorkflowExecutionsResponse { Executions = { runs }, NextPageToken = next };
    }

    private async Task<ListClosedWorkflowExecutionsResponse> ListClosedAsync(ListClosedWorkflowExecutionsRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var (runs, next) = await PageAsync(target, PlainList.Of(request), request.MaximumPageSize, request.NextPageToken, call);
        return new ListClosedWorkflowExecutionsResponse { Executions = { runs }, NextPageToken = next };
    }

    private Task<(IEnumerable<WorkflowExecutionInfo> Runs, ByteString Next)> PageAsync(
        string namespaceName, string query, int pageSize, ByteString token, GrpcCall call)
    {
        var target = namespaces.Get(namespaceName);
        var parsed = Parse(query, target);
        if (parsed.Grouping != Grouping.None)
        {
            throw Fields.Invalid("invalid query: operation is not supported: 'GROUP BY' clause in a list");
        }

        return PageAsync(target, parsed.Where, pageSize, token, call);
    }

    private async Task<(IEnumerable<WorkflowExecutionInfo> Runs, ByteString Next)> PageAsync(
        Namespace target, Filter where, int pageSize, ByteString token, GrpcCall call)
    {
        var limit = pageSize is > 0 and <= PageRuns ? pageSize : PageRuns;
        // One more than asked for tells whether there is another page.
        var search = new RunSearch(target.Id, where, PagePosition.Decode(token), limit + 1);
        var found = await store.ListAsync(search, call.CancellationToken);
        var next = found.Count > limit ? found[limit - 1].Position.Encode() : ByteString.Empty;
        return (found.Take(limit).Select(run => Execution(run, target.Attributes)), next);
    }

    private async Task<CountWorkflowExecutionsResponse> CountAsync(CountWorkflowExecutionsRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var parsed = Parse(request.Query, target);
        var counts = await store.CountAsync(target.Id, parsed.Where, call.CancellationToken);
        var response = new CountWorkflowExecutionsResponse { Count = counts.Sum(each => each.Count) };
        if (parsed.Grouping == Grouping.ExecutionStatus)
        {
            response.Groups.AddRange(counts.Select(Group));
        }

        return response;
    }

    private GetSearchAttributesResponse Attributes()
    {
        // The request names no namespace: every attribute that any of them has.
        var response = new GetSearchAttributesResponse();
        var all = namespaces.All.SelectMany(item => item.Attributes.Custom).Concat(KnownAttributes.Predefined).Concat(KnownAttributes.System);
        foreach (var (name, type) in all)
        {
            response.Keys[name] = type;
        }

        return response;
    }

    private static VisibilityQuery Parse(string query, Namespace target)
    {
        try
        {
            return QueryParser.Parse(query, target.Attributes);
        }
        catch (InvalidQueryException problem)
        {
            throw Fields.Invalid($"invalid query: {problem.Message}");
        }
    }

    private static CountWorkflowExecutionsResponse.Types.AggregationGroup Group(StatusCount count) => new()
    {
        Count = count.Count,
        GroupValues =
        {
            new Payload
            {
                Data = ByteString.CopyFromUtf8($"\"{count.Status}\""),
                Metadata =
                {
                    ["encoding"] = ByteString.CopyFromUtf8("json/plain"),
                    ["type"] = ByteString.CopyFromUtf8(nameof(IndexedValueType.Keyword)),
                },
            },
        },
    };

    private static WorkflowExecutionInfo Execution(IndexedRun run, AttributeSchema schema)
    {
        var (key, row) = run;
        var info = new WorkflowExecutionInfo
        {
            Execution = new() { WorkflowId = key.WorkflowId, RunId = key.RunId },
            Type = new() { Name = row.WorkflowType },
            StartTime = Timestamp.FromDateTimeOffset(row.StartTime),
            ExecutionTime = Timestamp.FromDateTimeOffset(row.ExecutionTime),
            Status = (WorkflowExecutionStatus)row.Status,
            ParentExecution = row.ParentWorkflowId is { } parent ? new() { WorkflowId = parent, RunId = row.ParentRunId } : null,
            RootExecution = new() { WorkflowId = row.RootWorkflowId, RunId = row.RootRunId },
            Memo = Memo.Parser.ParseFrom(row.Memo),
            SearchAttributes = schema.Typed(SearchAttributes.Parser.ParseFrom(row.SearchAttributes)),
            TaskQueue = row.TaskQueue,
        };
        if (row.CloseTime is { } closed)
        {
            info.CloseTime = Timestamp.FromDateTimeOffset(closed);
            info.ExecutionDuration = Duration.FromTimeSpan(closed - row.ExecutionTime);
            info.HistoryLength = row.HistoryLength;
            info.HistorySizeBytes = row.HistoryBytes;
            info.StateTransitionCount = row.Transitions;
        }

        return info;
    }
}
