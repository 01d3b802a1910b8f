using System.Diagnostics;
using Temporalio.Activities;
using Temporalio.Api.Enums.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>
/// Makes spans of what clients, workflows and activities do, and carries their context along in a header. Set on a
/// client, it serves its workers too. A listener has to know the three sources.
/// </summary>
public class TracingInterceptor(TracingInterceptorOptions? options = null) : IClientInterceptor, IWorkerInterceptor
{
    public static readonly ActivitySource ClientSource = new("Temporalio.Extensions.OpenTelemetry.Client");

    public static readonly ActivitySource WorkflowsSource = new("Temporalio.Extensions.OpenTelemetry.Workflow");

    public static readonly ActivitySource ActivitiesSource = new("Temporalio.Extensions.OpenTelemetry.Activity");

    public TracingInterceptorOptions Options { get; init; } = options ?? new();

    public ClientOutboundInterceptor InterceptClient(ClientOutboundInterceptor nextInterceptor) =>
        new TracingClientOutbound(this, nextInterceptor);

    public WorkflowInboundInterceptor InterceptWorkflow(WorkflowInboundInterceptor nextInterceptor) =>
        new TracingWorkflowInbound(this, nextInterceptor);

    public ActivityInboundInterceptor InterceptActivity(ActivityInboundInterceptor nextInterceptor) =>
        new TracingActivityInbound(this, nextInterceptor);

    protected internal virtual IEnumerable<KeyValuePair<string, object?>> CreateWorkflowTags(string workflowId) =>
        Tags((Options.TagNameWorkflowId, workflowId));

    protected internal virtual IEnumerable<KeyValuePair<string, object?>> CreateUpdateTags(string workflowId, string? updateId) =>
        Tags((Options.TagNameWorkflowId, workflowId), (Options.TagNameUpdateId, updateId));

    /// <summary>Called within the workflow.</summary>
    protected internal virtual IEnumerable<KeyValuePair<string, object?>> CreateInWorkflowTags() =>
        Tags((Options.TagNameWorkflowId, Workflow.Info.WorkflowId), (Options.TagNameRunId, Workflow.Info.RunId));

    /// <summary>Called within the activity.</summary>
    protected internal virtual IEnumerable<KeyValuePair<string, object?>> CreateInActivityTags()
    {
        var running = ActivityExecutionContext.Current.Info;
        return Tags(
            (Options.TagNameWorkflowId, running.WorkflowId),
            (Options.TagNameRunId, running.WorkflowRunId),
            (Options.TagNameActivityId, running.ActivityId));
    }

    internal static void Record(Activity? span, Exception failure)
    {
        // Who throws it says that it is expected. Wrapped by a caller's exception it is an error again.
        if (failure is not ApplicationFailureException { Category: ApplicationErrorCategory.Benign })
        {
            span?.SetStatus(ActivityStatusCode.Error, failure.Message);
        }

        span?.AddException(failure);
    }

    private static KeyValuePair<string, object?>[] Tags(params ReadOnlySpan<(string? Name, string? Value)> candidates)
    {
        var tags = new List<KeyValuePair<string, object?>>(candidates.Length);
        foreach (var (name, value) in candidates)
        {
            if (name is not null && value is not null)
            {
                tags.Add(new(name, value));
            }
        }

        return [.. tags];
    }
}
