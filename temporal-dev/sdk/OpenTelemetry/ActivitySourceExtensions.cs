using System.Diagnostics;
using Temporalio.Workflows;

namespace Temporalio.Extensions.OpenTelemetry;

public static class ActivitySourceExtensions
{
    /// <summary>
    /// For workflows, instead of everything else that a source can start: makes a span that ends at once, though not on
    /// replay, and keeps it as the parent of others until it is disposed of.
    /// </summary>
    /// <param name="evenOnReplay">For queries, which only run on replay.</param>
    /// <param name="inheritParentTags">Put the tags of the current one before these.</param>
    /// <param name="updateActivity">Called with the span, if there is one, before it ends.</param>
    public static WorkflowDiagnosticActivity TrackWorkflowDiagnosticActivity(
        this ActivitySource source,
        string name,
        ActivityKind kind = ActivityKind.Internal,
        IEnumerable<KeyValuePair<string, object?>>? tags = null,
        IEnumerable<ActivityLink>? links = null,
        bool evenOnReplay = false,
        bool inheritParentTags = true,
        Action<Activity>? updateActivity = null)
    {
        if (!Workflow.InWorkflow)
        {
            throw new InvalidOperationException("Outside of a workflow, start an activity of the source instead.");
        }

        var parent = WorkflowDiagnosticActivity.Current;
        KeyValuePair<string, object?>[] all = [.. (inheritParentTags ? parent?.Tags : null) ?? [], .. tags ?? []];
        var span = Workflow.Unsafe.IsReplaying && !evenOnReplay
            ? null
            : Span(source, name, kind, parent?.Context ?? default, all, links, updateActivity);
        return new(span, span?.Context ?? parent?.Context ?? default, parent?.Baggage, all);
    }

    private static Activity? Span(
        ActivitySource source,
        string name,
        ActivityKind kind,
        ActivityContext parent,
        IEnumerable<KeyValuePair<string, object?>> tags,
        IEnumerable<ActivityLink>? links,
        Action<Activity>? update)
    {
        var before = Activity.Current;
        // What is current in the process belongs to the worker, not to the workflow's trace.
        Activity.Current = null;
        try
        {
            var span = source.StartActivity(name, kind, parent, tags, links);
            if (span is not null)
            {
                update?.Invoke(span);
                span.Stop();
            }

            return span;
        }
        finally
        {
            Activity.Current = before;
        }
    }
}
