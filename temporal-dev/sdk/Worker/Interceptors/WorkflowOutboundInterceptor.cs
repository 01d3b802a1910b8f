using Temporalio.Api.Common.V1;
using Temporalio.Workflows;

namespace Temporalio.Worker.Interceptors;

public record CancelExternalWorkflowInput(string Id, string? RunId);

public record CreateContinueAsNewExceptionInput(
    string Workflow, IReadOnlyCollection<object?> Args, ContinueAsNewOptions? Options, IDictionary<string, Payload>? Headers);

/// <param name="Delay">Never negative, except for <see cref="Timeout.InfiniteTimeSpan"/>.</param>
/// <param name="CancellationToken">Null means the workflow's own.</param>
public record DelayAsyncInput(TimeSpan Delay, CancellationToken? CancellationToken, string? Summary);

public record ScheduleActivityInput(
    string Activity, IReadOnlyCollection<object?> Args, ActivityOptions Options, IDictionary<string, Payload>? Headers);

public record ScheduleLocalActivityInput(
    string Activity, IReadOnlyCollection<object?> Args, LocalActivityOptions Options, IDictionary<string, Payload>? Headers);

public record SignalChildWorkflowInput(
    string Id,
    string Signal,
    IReadOnlyCollection<object?> Args,
    ChildWorkflowSignalOptions? Options,
    IDictionary<string, Payload>? Headers);

public record SignalExternalWorkflowInput(
    string Id,
    string? RunId,
    string Signal,
    IReadOnlyCollection<object?> Args,
    ExternalWorkflowSignalOptions? Options,
    IDictionary<string, Payload>? Headers);

public record StartChildWorkflowInput(
    string Workflow, IReadOnlyCollection<object?> Args, ChildWorkflowOptions Options, IDictionary<string, Payload>? Headers);

public abstract class WorkflowOutboundInterceptor
{
    protected WorkflowOutboundInterceptor(WorkflowOutboundInterceptor next) => MaybeNext = next;

    private protected WorkflowOutboundInterceptor()
    {
    }

    protected WorkflowOutboundInterceptor Next => MaybeNext ?? throw new InvalidOperationException("This is the last interceptor.");

    private protected WorkflowOutboundInterceptor? MaybeNext { get; init; }

    public virtual Task CancelExternalWorkflowAsync(CancelExternalWorkflowInput input) => Next.CancelExternalWorkflowAsync(input);

    public virtual ContinueAsNewException CreateContinueAsNewException(CreateContinueAsNewExceptionInput input) =>
        Next.CreateContinueAsNewException(input);

    public virtual Task DelayAsync(DelayAsyncInput input) => Next.DelayAsync(input);

    public virtual Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input) => Next.ScheduleActivityAsync<TResult>(input);

    public virtual Task<TResult> ScheduleLocalActivityAsync<TResult>(ScheduleLocalActivityInput input) =>
        Next.ScheduleLocalActivityAsync<TResult>(input);

    public virtual Task SignalChildWorkflowAsync(SignalChildWorkflowInput input) => Next.SignalChildWorkflowAsync(input);

    public virtual Task SignalExternalWorkflowAsync(SignalExternalWorkflowInput input) => Next.SignalExternalWorkflowAsync(input);

    public virtual Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(StartChildWorkflowInput input) =>
        Next.StartChildWorkflowAsync<TWorkflow, TResult>(input);
}
