using System.Diagnostics;

namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>
/// The place in a trace where workflow code is. A workflow outlives processes, so no span can stay open in it: spans end
/// at once, and this keeps what their children refer to. It is there on replay as well, when no span is made.
/// </summary>
public sealed class WorkflowDiagnosticActivity : IDisposable
{
    // Flows with the code that it was set in, as the workflow's own asynchronous calls do.
    private static readonly AsyncLocal<WorkflowDiagnosticActivity?> Place = new();

    internal WorkflowDiagnosticActivity(
        Activity? activity, ActivityContext context, string? baggage, IReadOnlyCollection<KeyValuePair<string, object?>>? tags)
    {
        Activity = activity;
        Context = context;
        Baggage = baggage;
        Tags = tags;
        (Parent, Place.Value) = (Place.Value, this);
    }

    public static WorkflowDiagnosticActivity? Current => Place.Value;

    /// <summary>The one that was current before.</summary>
    public WorkflowDiagnosticActivity? Parent { get; }

    /// <summary>Null on replay and where nobody listens. It has ended already.</summary>
    public Activity? Activity { get; }

    public ActivityContext Context { get; }

    public IReadOnlyCollection<KeyValuePair<string, object?>>? Tags { get; }

    internal string? Baggage { get; }

    /// <summary>Makes a span of elsewhere the parent of those to come.</summary>
    /// <param name="tags">For those that inherit them; the span of elsewhere keeps its own.</param>
    public static WorkflowDiagnosticActivity AttachFromContext(
        ActivityContext context, IReadOnlyCollection<KeyValuePair<string, object?>>? tags = null) =>
        new(activity: null, context, baggage: null, tags);

    /// <summary>Makes the parent current again.</summary>
    public void Dispose() => Place.Value = Parent;

    internal static WorkflowDiagnosticActivity Attach(TraceHeader header) =>
        new(activity: null, header.Context, header.Baggage, tags: null);
}
