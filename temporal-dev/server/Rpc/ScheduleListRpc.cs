using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>Lists and counts of schedules.</summary>
internal sealed class ScheduleListRpc(NamespaceRegistry namespaces, IStore store, TimeProvider time)
{
    private const int PageSchedules = 1000;

    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<ListSchedulesRequest, ListSchedulesResponse>("ListSchedules", ListAsync);
        workflow.Add<CountSchedulesRequest, CountSchedulesResponse>("CountSchedules", CountAsync);
    }

    private async Task<ListSchedulesResponse> ListAsync(ListSchedulesRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var limit = request.MaximumPageSize is > 0 and <= PageSchedules ? request.MaximumPageSize : PageSchedules;
        // One more than asked for tells whether there is another page.
        var search = new ScheduleSearch(
            target.Id, Parse(request.Query, target), SchedulePosition.Decode(request.NextPageToken), limit + 1);
        var found = (await store.ListSchedulesAsync(search, call.CancellationToken)).Select(ScheduleCodec.Decode).ToList();
        var now = time.GetUtcNow();
        var response = new ListSchedulesResponse
        {
            Schedules = { found.Take(limit).Select(state => ScheduleDescription.Entry(state, target.Attributes, now)) },
        };
        if (found.Count > limit)
        {
            var last = found[limit - 1];
            response.NextPageToken = new SchedulePosition(Instant.Of(last.CreatedAt), last.ScheduleId).Encode();
        }

        return response;
    }

    private async Task<CountSchedulesResponse> CountAsync(CountSchedulesRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var count = await store.CountSchedulesAsync(target.Id, Parse(request.Query, target), call.CancellationToken);
        return new CountSchedulesResponse { Count = count };
    }

    private static Filter Parse(string query, Namespace target)
    {
        try
        {
            return QueryParser.Parse(query, name => ScheduleSearch.Find(target.Attributes, name)).Where;
        }
        catch (InvalidQueryException problem)
        {
            throw Fields.Invalid($"invalid query: {problem.Message}");
        }
    }
}
