using System.Diagnostics;
using Temporalio.Api.Common.V1;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>
/// Spans of a workflow and of its handlers, all children of the call that started the workflow; handlers link to the
/// call that they answer. How something ended is a span of its own, since the one it began with is closed.
/// </summary>
internal sealed class TracingWorkflowInbound(TracingInterceptor tracing, WorkflowInboundInterceptor next) : WorkflowInboundInterceptor(next)
{
    public override void Init(WorkflowOutboundInterceptor outbound) => base.Init(new TracingWorkflowOutbound(tracing, outbound));

    public override async Task<object?> ExecuteWorkflowAsync(ExecuteWorkflowInput input)
    {
        var type = Workflow.Info.WorkflowType;
        using var remote = Attach();
        using var span = Track($"RunWorkflow:{type}", links: null);
        try
        {
            var result = await base.ExecuteWorkflowAsync(input);
            TracingInterceptor.WorkflowsSource.TrackWorkflowDiagnosticActivity($"CompleteWorkflow:{type}").Dispose();
            return result;
        }
        catch (Exception failure) when (failure is not ContinueAsNewException)
        {
            TrackFailure("CompleteWorkflow", type, failure);
            throw;
        }
    }

    public override async Task HandleSignalAsync(HandleSignalInput input)
    {
        using var remote = Attach();
        using var span = Track($"HandleSignal:{input.Signal}", input.Headers);
        try
        {
            await base.HandleSignalAsync(input);
        }
        catch (Exception failure) when (failure is not ContinueAsNewException)
        {
            TrackFailure("CompleteWorkflow", Workflow.Info.WorkflowType, failure);
            throw;
        }
    }

    public override object? HandleQuery(HandleQueryInput input)
    {
        using var remote = Attach();
        using var span = Track($"HandleQuery:{input.Query}", input.Headers, evenOnReplay: true);
        try
        {
            return base.HandleQuery(input);
        }
        catch (Exception failure)
        {
            TracingInterceptor.Record(span.Activity, failure);
            throw;
        }
    }

    public override void ValidateUpdate(HandleUpdateInput input)
    {
        using var remote = Attach();
        using var span = Track($"ValidateUpdate:{input.Update}", input.Headers);
        try
        {
            base.ValidateUpdate(input);
        }
        catch (Exception failure)
        {
            TracingInterceptor.Record(span.Activity, failure);
            throw;
        }
    }

    public override async Task<object?> HandleUpdateAsync(HandleUpdateInput input)
    {
        using var remote = Attach();
        using var span = Track($"HandleUpdate:{input.Update}", input.Headers);
        try
        {
            return await base.HandleUpdateAsync(input);
        }
        catch (Exception failure)
        {
            TrackFailure("CompleteUpdate", input.Update, failure);
            throw;
        }
    }

    private static void TrackFailure(string completion, string name, Exception failure)
    {
        // Any other exception fails the task, not the workflow: it will be tried again.
        var prefix = failure is FailureException or OperationCanceledException ? completion : "WorkflowTaskFailure";
        TracingInterceptor.WorkflowsSource.TrackWorkflowDiagnosticActivity(
            $"{prefix}:{name}", updateActivity: span => TracingInterceptor.Record(span, failure)).Dispose();
    }

    private WorkflowDiagnosticActivity? Attach() =>
        TraceHeader.Read(Workflow.Info.Headers, tracing.Options.HeaderKey) is { } header
            ? WorkflowDiagnosticActivity.Attach(header)
            : null;

    private WorkflowDiagnosticActivity Track(string name, IReadOnlyDictionary<string, Payload>? links, bool evenOnReplay = false)
    {
        ActivityLink[]? linked = TraceHeader.Read(links, tracing.Options.HeaderKey) is { } caller ? [new(caller.Context)] : null;
        return TracingInterceptor.WorkflowsSource.TrackWorkflowDiagnosticActivity(
            name, ActivityKind.Server, tracing.CreateInWorkflowTags(), linked, evenOnReplay, inheritParentTags: false);
    }
}
