using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>The end of the inbound chain: calls the workflow's own code.</summary>
internal sealed class WorkflowCodeInbound(WorkflowRun run) : WorkflowInboundInterceptor
{
    public override void Init(WorkflowOutboundInterceptor outbound) => run.State.Outbound = outbound;

    public override async Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
    {
        var task = (Task)new HandlerMethod(input.RunMethod).Invoke(input.Instance, input.Args)!;
        await task;
        return TaskResults.Of(task, input.RunMethod.ReturnType);
    }

    public override Task HandleSignalAsync(HandleSignalInput input) =>
        (Task)input.Definition.Method.Invoke(run.Instance, input.Args)!;

    public override object? HandleQuery(HandleQueryInput input) => input.Definition.Method.Invoke(run.Instance, input.Args);

    public override void ValidateUpdate(HandleUpdateInput input) => input.Definition.Validator!.Invoke(run.Instance, input.Args);

    public override async Task<object?> HandleUpdateAsync(HandleUpdateInput input)
    {
        var task = (Task)input.Definition.Method.Invoke(run.Instance, input.Args)!;
        await task;
        return TaskResults.Of(task, input.Definition.Method.ReturnType);
    }
}

/// <summary>The end of the outbound chain: turns calls into commands.</summary>
internal sealed class CommandsOutbound(RunParts parts) : WorkflowOutboundInterceptor
{
    public override Task CancelExternalWorkflowAsync(CancelExternalWorkflowInput input) => parts.Signalling.CancelAsync(input);

    public override ContinueAsNewException CreateContinueAsNewException(CreateContinueAsNewExceptionInput input) => new(input);

    public override Task DelayAsync(DelayAsyncInput input) => parts.Timers.DelayAsync(input);

    public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input) =>
        parts.Activities.ScheduleAsync<TResult>(input);

    public override Task<TResult> ScheduleLocalActivityAsync<TResult>(ScheduleLocalActivityInput input) =>
        parts.Activities.ScheduleLocalAsync<TResult>(input);

    public override Task SignalChildWorkflowAsync(SignalChildWorkflowInput input) => parts.Signalling.SignalAsync(input);

    public override Task SignalExternalWorkflowAsync(SignalExternalWorkflowInput input) => parts.Signalling.SignalAsync(input);

    public override Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(StartChildWorkflowInput input) =>
        parts.Children.StartAsync<TWorkflow, TResult>(input);
}

/// <summary>The command families of one run.</summary>
internal sealed class RunParts
{
    public RunParts(RunState state)
    {
        Timers = new(state);
        Activities = new(state, Timers);
        Signalling = new(state);
        Children = new(state);
        Conditions = new(state, Timers);
        Patches = new(state);
    }

    public RunTimers Timers { get; }

    public RunActivities Activities { get; }

    public RunSignalling Signalling { get; }

    public RunChildren Children { get; }

    public RunConditions Conditions { get; }

    public RunPatches Patches { get; }
}
