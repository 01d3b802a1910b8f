using Temporalio.Activities;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Activities;

/// <summary>The end of the inbound chain: calls the activity.</summary>
internal sealed class ActivityCodeInbound(ActivityExecutionContext context) : ActivityInboundInterceptor
{
    public override void Init(ActivityOutboundInterceptor outbound) =>
        context.Heartbeater = details => outbound.Heartbeat(new(details));

    public override Task<object?> ExecuteActivityAsync(ExecuteActivityInput input) => input.Activity.InvokeAsync(input.Args);
}

internal sealed class HeartbeatsOutbound(ActivityHeartbeats heartbeats) : ActivityOutboundInterceptor
{
    public override void Heartbeat(HeartbeatInput input) => heartbeats.Record(input.Details);
}
