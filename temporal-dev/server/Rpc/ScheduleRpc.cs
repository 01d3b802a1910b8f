using Google.Protobuf;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Schedules;
using Temporalio.Api.Common.V1;
using Temporalio.Api.WorkflowService.V1;
using ScheduleState = TemporalDev.Server.Schedules.ScheduleState;

namespace TemporalDev.Server.Rpc;

/// <summary>Schedules: made, shown, changed and deleted.</summary>
internal sealed class ScheduleRpc(NamespaceRegistry namespaces, ScheduleDesk desk, TimeProvider time)
{
    public void Map(GrpcRoutes routes)
    {
        var workflow = ServiceRoutes.Workflow(routes);
        workflow.Add<CreateScheduleRequest, CreateScheduleResponse>("CreateSchedule", CreateAsync);
        workflow.Add<DescribeScheduleRequest, DescribeScheduleResponse>("DescribeSchedule", DescribeAsync);
        workflow.Add<UpdateScheduleRequest, UpdateScheduleResponse>("UpdateSchedule", UpdateAsync);
        workflow.Add<PatchScheduleRequest, PatchScheduleResponse>("PatchSchedule", PatchAsync);
        workflow.Add<DeleteScheduleRequest, DeleteScheduleResponse>("DeleteSchedule", DeleteAsync);
        workflow.Add<ListScheduleMatchingTimesRequest, ListScheduleMatchingTimesResponse>("ListScheduleMatchingTimes", MatchingTimesAsync);
    }

    private async Task<CreateScheduleResponse> CreateAsync(CreateScheduleRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        ScheduleRequests.Id(request.ScheduleId);
        Fields.Id(request.RequestId, "RequestId");
        Fields.Blob(request.Memo, "Memo", Limits.MemoBytes);
        Fields.Attributes(request.SearchAttributes, target);
        ScheduleRequests.Patch(request.InitialPatch);
        var now = time.GetUtcNow();
        var state = new ScheduleState
        {
            NamespaceId = target.Id,
            NamespaceName = target.Name,
            ScheduleId = request.ScheduleId,
            Incarnation = Guid.NewGuid().ToString(),
            CreateRequestId = request.RequestId,
            CreatedAt = now,
            ProcessedUntil = now,
            Schedule = ScheduleRequests.Kept(request.Schedule, target),
            Memo = request.Memo ?? new Memo(),
            SearchAttributes = request.SearchAttributes ?? new SearchAttributes(),
        };
        if (request.InitialPatch is { } patch)
        {
            ScheduleChanges.Patch(state, patch, now);
        }

        var kept = await desk.CreateAsync(state, CancellationToken.None);
        return new CreateScheduleResponse { ConflictToken = ScheduleDescription.Token(kept) };
    }

    private async Task<DescribeScheduleResponse> DescribeAsync(DescribeScheduleRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var key = Key(target, request.ScheduleId);
        return await desk.ReadAsync(key, state => ScheduleDescription.Describe(state, target.Attributes, time.GetUtcNow()), call.CancellationToken);
    }

    private async Task<UpdateScheduleResponse> UpdateAsync(UpdateScheduleRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var key = Key(target, request.ScheduleId);
        Fields.Optional(request.RequestId, "RequestId");
        Fields.Blob(request.Memo, "Memo", Limits.MemoBytes);
        Fields.Attributes(request.SearchAttributes, target);
        var kept = ScheduleRequests.Kept(request.Schedule, target);
        await desk.ChangeAsync(key, request.RequestId, state =>
        {
            RequireToken(state, request.ConflictToken);
            ScheduleChanges.Replace(state, kept, time.GetUtcNow());
            state.SearchAttributes = request.SearchAttributes ?? state.SearchAttributes;
            state.Memo = request.Memo ?? state.Memo;
        });
        return new UpdateScheduleResponse();
    }

    private async Task<PatchScheduleResponse> PatchAsync(PatchScheduleRequest request, GrpcCall call)
    {
        var key = Key(namespaces.Get(request.Namespace), request.ScheduleId);
        Fields.Optional(request.RequestId, "RequestId");
        var patch = request.Patch ?? throw Fields.Invalid("Patch is not set on request.");
        ScheduleRequests.Patch(patch);
        await desk.ChangeAsync(key, request.RequestId, state => ScheduleChanges.Patch(state, patch, time.GetUtcNow()));
        return new PatchScheduleResponse();
    }

    private async Task<DeleteScheduleResponse> DeleteAsync(DeleteScheduleRequest request, GrpcCall call)
    {
        await desk.DeleteAsync(Key(namespaces.Get(request.Namespace), request.ScheduleId));
        return new DeleteScheduleResponse();
    }

    private async Task<ListScheduleMatchingTimesResponse> MatchingTimesAsync(ListScheduleMatchingTimesRequest request, GrpcCall call)
    {
        var key = Key(namespaces.Get(request.Namespace), request.ScheduleId);
        if (request.StartTime is null || request.EndTime is null)
        {
            throw Fields.Invalid("missing or invalid query");
        }

        var times = await desk.ReadAsync(
            key,
            state => state.Times().Between(request.StartTime.ToDateTimeOffset(), request.EndTime.ToDateTimeOffset()).ToList(),
            call.CancellationToken);
        return new ListScheduleMatchingTimesResponse { StartTime = { ScheduleDescription.Timestamps(times) } };
    }

    private static ScheduleKey Key(Namespace target, string scheduleId)
    {
        ScheduleRequests.Id(scheduleId);
        return new ScheduleKey(target.Id, scheduleId);
    }

    private static void RequireToken(ScheduleState state, ByteString token)
    {
        if (!token.IsEmpty && token != ScheduleDescription.Token(state))
        {
            throw new GrpcException(GrpcStatusCode.FailedPrecondition, "mismatched conflict token");
        }
    }
}
