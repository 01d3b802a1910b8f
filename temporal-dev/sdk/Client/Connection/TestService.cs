using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.TestService.V1;

namespace Temporalio.Client;

/// <summary>A server's virtual clock. One method for each of the service's RPCs.</summary>
public class TestService : RpcService
{
    internal TestService(IRpcInvoker invoker)
        : base(invoker)
    {
    }

    internal override string FullName => "temporal.api.testservice.v1.TestService";

    public Task<LockTimeSkippingResponse> LockTimeSkippingAsync(LockTimeSkippingRequest req, RpcOptions? options = null) => CallAsync(req, LockTimeSkippingResponse.Parser, options);

    public Task<UnlockTimeSkippingResponse> UnlockTimeSkippingAsync(UnlockTimeSkippingRequest req, RpcOptions? options = null) => CallAsync(req, UnlockTimeSkippingResponse.Parser, options);

    public Task<SleepResponse> SleepAsync(SleepRequest req, RpcOptions? options = null) => CallAsync(req, SleepResponse.Parser, options);

    public Task<SleepResponse> SleepUntilAsync(SleepUntilRequest req, RpcOptions? options = null) => CallAsync(req, SleepResponse.Parser, options);

    public Task<SleepResponse> UnlockTimeSkippingWithSleepAsync(SleepRequest req, RpcOptions? options = null) => CallAsync(req, SleepResponse.Parser, options);

    public Task<GetCurrentTimeResponse> GetCurrentTimeAsync(Empty req, RpcOptions? options = null) => CallAsync(req, GetCurrentTimeResponse.Parser, options);
}
