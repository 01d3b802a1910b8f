using System.Linq.Expressions;
using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>Any workflow of the same namespace, to signal or cancel it from a workflow.</summary>
public abstract class ExternalWorkflowHandle
{
    public abstract string Id { get; }

    /// <summary>Null means whichever run is current.</summary>
    public abstract string? RunId { get; }

    public Task SignalAsync<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall, ExternalWorkflowSignalOptions? options = null)
    {
        var call = CallExpression.From(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameOf(call.Method), call.Arguments, options);
    }

    public abstract Task SignalAsync(string signal, IReadOnlyCollection<object?> args, ExternalWorkflowSignalOptions? options = null);

    public abstract Task CancelAsync();
}

public abstract class ExternalWorkflowHandle<TWorkflow> : ExternalWorkflowHandle
{
    public Task SignalAsync(Expression<Func<TWorkflow, Task>> signalCall, ExternalWorkflowSignalOptions? options = null) =>
        SignalAsync<TWorkflow>(signalCall, options);
}
