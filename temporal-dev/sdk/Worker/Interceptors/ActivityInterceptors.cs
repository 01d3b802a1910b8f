using Temporalio.Activities;
using Temporalio.Api.Common.V1;

namespace Temporalio.Worker.Interceptors;

/// <param name="Headers">As they were given: the payload codec has been applied already.</param>
public record ExecuteActivityInput(ActivityDefinition Activity, object?[] Args, IDictionary<string, Payload>? Headers);

public record HeartbeatInput(object?[] Details);

public abstract class ActivityInboundInterceptor
{
    protected ActivityInboundInterceptor(ActivityInboundInterceptor next) => MaybeNext = next;

    private protected ActivityInboundInterceptor()
    {
    }

    protected ActivityInboundInterceptor Next => MaybeNext ?? throw new InvalidOperationException("This is the last interceptor.");

    private protected ActivityInboundInterceptor? MaybeNext { get; init; }

    /// <summary>Called once per execution; may wrap the outbound interceptor.</summary>
    public virtual void Init(ActivityOutboundInterceptor outbound) => Next.Init(outbound);

    public virtual Task<object?> ExecuteActivityAsync(ExecuteActivityInput input) => Next.ExecuteActivityAsync(input);
}

public abstract class ActivityOutboundInterceptor
{
    protected ActivityOutboundInterceptor(ActivityOutboundInterceptor next) => MaybeNext = next;

    private protected ActivityOutboundInterceptor()
    {
    }

    protected ActivityOutboundInterceptor Next => MaybeNext ?? throw new InvalidOperationException("This is the last interceptor.");

    private protected ActivityOutboundInterceptor? MaybeNext { get; init; }

    public virtual void Heartbeat(HeartbeatInput input) => Next.Heartbeat(input);
}
