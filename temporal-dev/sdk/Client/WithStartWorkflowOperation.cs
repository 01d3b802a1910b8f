using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using Temporalio.Api.Common.V1;
using Temporalio.Common;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>The start that goes with an update, once. It tells its caller the handle, whatever becomes of the update.</summary>
public abstract class WithStartWorkflowOperation : ICloneable
{
    // Shared with copies: interceptors change a copy, and that is still the same start.
    private readonly StrongBox<bool> _used;

    private protected WithStartWorkflowOperation(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options, StrongBox<bool> used)
    {
        _used = used;
        Workflow = workflow;
        Args = args;
        Options = options;
    }

    public string Workflow { get; set; }

    public IReadOnlyCollection<object?> Args { get; set; }

    public WorkflowOptions Options { get; set; }

    public IDictionary<string, Payload>? Headers { get; set; }

    public static WithStartWorkflowOperation<WorkflowHandle<TWorkflow, TResult>> Create<TWorkflow, TResult>(
        Expression<Func<TWorkflow, Task<TResult>>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = CallExpression.From(workflowRunCall);
        return new(WorkflowDefinition.NameOf(method), args, options, WorkflowHandle<TWorkflow, TResult>.Of);
    }

    public static WithStartWorkflowOperation<WorkflowHandle<TWorkflow>> Create<TWorkflow>(
        Expression<Func<TWorkflow, Task>> workflowRunCall, WorkflowOptions options)
    {
        var (method, args) = CallExpression.From(workflowRunCall);
        return new(WorkflowDefinition.NameOf(method), args, options, WorkflowHandle<TWorkflow>.Of);
    }

    public static WithStartWorkflowOperation<WorkflowHandle> Create(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options) =>
        new(workflow, args, options, handle => handle);

    /// <returns>A copy that completes together with this one.</returns>
    public abstract object Clone();

    /// <returns>False when it was used before.</returns>
    internal bool TryUse() => !Interlocked.Exchange(ref _used.Value, true);

    internal abstract void SetHandle(WorkflowHandle handle);

    /// <summary>Does nothing when the handle is known: then the update failed, not the start.</summary>
    internal abstract void TrySetException(Exception exception);
}

public sealed class WithStartWorkflowOperation<THandle> : WithStartWorkflowOperation
    where THandle : WorkflowHandle
{
    private readonly Func<WorkflowHandle, THandle> _typed;
    private readonly TaskCompletionSource<THandle> _handle;
    private readonly StrongBox<bool> _used;

    internal WithStartWorkflowOperation(
        string workflow, IReadOnlyCollection<object?> args, WorkflowOptions options, Func<WorkflowHandle, THandle> typed)
        : this(workflow, args, options, typed, new(TaskCreationOptions.RunContinuationsAsynchronously), new())
    {
    }

    private WithStartWorkflowOperation(
        string workflow,
        IReadOnlyCollection<object?> args,
        WorkflowOptions options,
        Func<WorkflowHandle, THandle> typed,
        TaskCompletionSource<THandle> handle,
        StrongBox<bool> used)
        : base(workflow, args, options, used)
    {
        _used = used;
        _typed = typed;
        _handle = handle;
    }

    public Task<THandle> GetHandleAsync() => _handle.Task;

    public override object Clone() =>
        new WithStartWorkflowOperation<THandle>(Workflow, Args, (WorkflowOptions)Options.Clone(), _typed, _handle, _used)
        {
            Headers = Headers,
        };

    internal override void SetHandle(WorkflowHandle handle) => _handle.TrySetResult(_typed(handle));

    internal override void TrySetException(Exception exception)
    {
        if (_handle.TrySetException(exception))
        {
            // The same exception goes to the caller of the update; who never asks for the handle must not get it a second
            // time as an unobserved one.
            _ = _handle.Task.Exception;
        }
    }
}
