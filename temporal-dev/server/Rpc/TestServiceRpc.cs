using Google.Protobuf.WellKnownTypes;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Clock;
using Temporalio.Api.TestService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>The service of a server whose time can be skipped. Others do not have it.</summary>
internal sealed class TestServiceRpc(TimeSkipping skipping)
{
    public void Map(GrpcRoutes routes)
    {
        var test = new ServiceRoutes(routes, "temporal.api.testservice.v1.TestService");
        test.Add<LockTimeSkippingRequest, LockTimeSkippingResponse>("LockTimeSkipping", LockAsync);
        test.Add<UnlockTimeSkippingRequest, UnlockTimeSkippingResponse>("UnlockTimeSkipping", UnlockAsync);
        test.Add<SleepRequest, SleepResponse>("Sleep", SleepAsync);
        test.Add<SleepUntilRequest, SleepResponse>("SleepUntil", SleepUntilAsync);
        test.Add<SleepRequest, SleepResponse>("UnlockTimeSkippingWithSleep", SleepUnlockedAsync);
        test.Add<Empty, GetCurrentTimeResponse>("GetCurrentTime", NowAsync);
    }

    private Task<LockTimeSkippingResponse> LockAsync(LockTimeSkippingRequest request, GrpcCall call)
    {
        skipping.Lock();
        return Task.FromResult(new LockTimeSkippingResponse());
    }

    private Task<UnlockTimeSkippingResponse> UnlockAsync(UnlockTimeSkippingRequest request, GrpcCall call) =>
        skipping.TryUnlock() ? Task.FromResult(new UnlockTimeSkippingResponse()) : throw NotLocked();

    private async Task<SleepResponse> SleepAsync(SleepRequest request, GrpcCall call)
    {
        await skipping.SleepAsync(EndOf(request), call.CancellationToken);
        return new SleepResponse();
    }

    private async Task<SleepResponse> SleepUntilAsync(SleepUntilRequest request, GrpcCall call)
    {
        var until = request.Timestamp ?? throw Fields.Invalid("Timestamp is not set on request.");
        await skipping.SleepAsync(ReadTime(() => until), call.CancellationToken);
        return new SleepResponse();
    }

    private async Task<SleepResponse> SleepUnlockedAsync(SleepRequest request, GrpcCall call) =>
        await skipping.TrySleepUnlockedAsync(EndOf(request), call.CancellationToken) ? new SleepResponse() : throw NotLocked();

    private Task<GetCurrentTimeResponse> NowAsync(Empty request, GrpcCall call) =>
        Task.FromResult(new GetCurrentTimeResponse { Time = Timestamp.FromDateTimeOffset(skipping.Now) });

    private DateTimeOffset EndOf(SleepRequest request)
    {
        var duration = request.Duration ?? throw Fields.Invalid("Duration is not set on request.");
        return ReadTime(() => Timestamp.FromDateTimeOffset(skipping.Now) + duration);
    }

    private static DateTimeOffset ReadTime(Func<Timestamp> time)
    {
        try
        {
            return time().ToDateTimeOffset();
        }
        catch (Exception outside) when (outside is InvalidOperationException or OverflowException)
        {
            throw Fields.Invalid("The sleep ends at a time that is no date between the years 1 and 9999.");
        }
    }

    private static GrpcException NotLocked() =>
        new(GrpcStatusCode.FailedPrecondition, "Time skipping is unlocked already: every unlock needs a lock before it.");
}
