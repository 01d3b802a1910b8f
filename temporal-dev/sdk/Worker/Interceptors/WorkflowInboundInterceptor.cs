using System.Reflection;
using Temporalio.Api.Common.V1;
using Temporalio.Workflows;

namespace Temporalio.Worker.Interceptors;

public record ExecuteWorkflowInput(
    object Instance, MethodInfo RunMethod, object?[] Args, IReadOnlyDictionary<string, Payload>? Headers);

public record HandleSignalInput(
    string Signal, WorkflowSignalDefinition Definition, object?[] Args, IReadOnlyDictionary<string, Payload>? Headers);

public record HandleQueryInput(
    string Id, string Query, WorkflowQueryDefinition Definition, object?[] Args, IReadOnlyDictionary<string, Payload>? Headers);

public record HandleUpdateInput(
    string Id, string Update, WorkflowUpdateDefinition Definition, object?[] Args, IReadOnlyDictionary<string, Payload>? Headers);

public abstract class WorkflowInboundInterceptor
{
    protected WorkflowInboundInterceptor(WorkflowInboundInterceptor next) => MaybeNext = next;

    private protected WorkflowInboundInterceptor()
    {
    }

    protected WorkflowInboundInterceptor Next => MaybeNext ?? throw new InvalidOperationException("This is the last interceptor.");

    private protected WorkflowInboundInterceptor? MaybeNext { get; init; }

    /// <summary>Called once per run; may wrap the outbound interceptor.</summary>
    public virtual void Init(WorkflowOutboundInterceptor outbound) => Next.Init(outbound);

    public virtual Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input) => Next.ExecuteWorkflowAsync(input);

    public virtual Task HandleSignalAsync(HandleSignalInput input) => Next.HandleSignalAsync(input);

    public virtual object? HandleQuery(HandleQueryInput input) => Next.HandleQuery(input);

    public virtual void ValidateUpdate(HandleUpdateInput input) => Next.ValidateUpdate(input);

    public virtual Task<object?> HandleUpdateAsync(HandleUpdateInput input) => Next.HandleUpdateAsync(input);
}
