using System.Diagnostics;
using Temporalio.Api.Common.V1;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>A span for each thing that a workflow starts, and its context on the way.</summary>
internal sealed class TracingWorkflowOutbound(TracingInterceptor tracing, WorkflowOutboundInterceptor next) : WorkflowOutboundInterceptor(next)
{
    // The next run belongs to the same place in the trace, so it gets no span of its own here.
    public override ContinueAsNewException CreateContinueAsNewException(CreateContinueAsNewExceptionInput input) =>
        base.CreateContinueAsNewException(input with { Headers = Headers(input.Headers) });

    public override Task<TResult> ScheduleActivityAsync<TResult>(ScheduleActivityInput input) =>
        base.ScheduleActivityAsync<TResult>(input with { Headers = Started($"StartActivity:{input.Activity}", input.Headers) });

    public override Task<TResult> ScheduleLocalActivityAsync<TResult>(ScheduleLocalActivityInput input) =>
        base.ScheduleLocalActivityAsync<TResult>(input with { Headers = Started($"StartActivity:{input.Activity}", input.Headers) });

    public override Task SignalChildWorkflowAsync(SignalChildWorkflowInput input) =>
        base.SignalChildWorkflowAsync(input with { Headers = Started($"SignalChildWorkflow:{input.Signal}", input.Headers) });

    public override Task SignalExternalWorkflowAsync(SignalExternalWorkflowInput input) =>
        base.SignalExternalWorkflowAsync(input with { Headers = Started($"SignalExternalWorkflow:{input.Signal}", input.Headers) });

    public override Task<ChildWorkflowHandle<TWorkflow, TResult>> StartChildWorkflowAsync<TWorkflow, TResult>(StartChildWorkflowInput input) =>
        base.StartChildWorkflowAsync<TWorkflow, TResult>(
            input with { Headers = Started($"StartChildWorkflow:{input.Workflow}", input.Headers) });

    private IDictionary<string, Payload>? Started(string name, IDictionary<string, Payload>? headers)
    {
        using var span = TracingInterceptor.WorkflowsSource.TrackWorkflowDiagnosticActivity(name, ActivityKind.Client);
        return Headers(headers);
    }

    private IDictionary<string, Payload>? Headers(IDictionary<string, Payload>? headers) =>
        WorkflowDiagnosticActivity.Current is { } current && current.Context != default
            ? new TraceHeader(current.Context, current.Baggage).AddTo(headers, tracing.Options.HeaderKey)
            : headers;
}
