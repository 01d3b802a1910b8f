using System.Linq.Expressions;
using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>A child that the server has started.</summary>
public abstract class ChildWorkflowHandle
{
    public abstract string Id { get; }

    public abstract string FirstExecutionRunId { get; }

    /// <exception cref="Exceptions.ChildWorkflowFailureException">The child did not complete.</exception>
    public Task GetResultAsync() => GetResultAsync<ValueTuple>();

    public abstract Task<TResult> GetResultAsync<TResult>();

    public Task SignalAsync<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall, ChildWorkflowSignalOptions? options = null)
    {
        var call = CallExpression.From(signalCall);
        return SignalAsync(WorkflowSignalDefinition.NameOf(call.Method), call.Arguments, options);
    }

    public abstract Task SignalAsync(string signal, IReadOnlyCollection<object?> args, ChildWorkflowSignalOptions? options = null);
}

public abstract class ChildWorkflowHandle<TWorkflow> : ChildWorkflowHandle
{
    public Task SignalAsync(Expression<Func<TWorkflow, Task>> signalCall, ChildWorkflowSignalOptions? options = null) =>
        SignalAsync<TWorkflow>(signalCall, options);
}

public abstract class ChildWorkflowHandle<TWorkflow, TResult> : ChildWorkflowHandle<TWorkflow>
{
    public new Task<TResult> GetResultAsync() => GetResultAsync<TResult>();
}
