using System.Diagnostics;

namespace Temporalio.Extensions.OpenTelemetry;

/// <summary>
/// The place in a trace where workflow code is. A workflow outlives processes, so no span can stay open in it: spans end
/// at once, and this keeps what their children refer to. It is there on replay as well, when no span is made.
/// </summary>
public sealed class WorkflowDiagnosticActivity : IDisposable
{
    private static readonly AsyncLocal<WorkflowDiagnosticActivity?> CurrentLocal = new();

    private readonly WorkflowDiagnosticActivity? _previous;

    internal WorkflowDiagnosticActivity(
        Activity? activity, ActivityContext context, string? baggage, IReadOnlyCollection<KeyValuePair<string, object?>>? tags)
    {
        Activity = activity;
        Context = context;
        Baggage = baggage;
        Tags = tags;
        _previous = CurrentLocal.Value;
        CurrentLocal.Value = this;
    }

    public static WorkflowDiagnosticActivity? Current => CurrentLocal.Value;

    /// <summary>Null on replay and where nobody listens. It has ended already.</summary>
    public Activity? Activity { get; }

    public ActivityContext Context { get; }

    public IReadOnlyCollection<KeyValuePair<string, object?>>? Tags { get; }

    internal string? Baggage { get; }

    /// <summary>Makes a span of elsewhere the parent of those to come.</summary>
    public static WorkflowDiagnosticActivity AttachFromContext(ActivityContext context) =>
        new(activity: null, context, baggage: null, tags: null);

    /// <summary>Makes the previous one current again.</summary>
    public void Dispose() => CurrentLocal.Value = _previous;

    internal static WorkflowDiagnosticActivity Attach(TraceHeader header) =>
        new(activity: null, header.Context, header.Baggage, tags: null);
}
