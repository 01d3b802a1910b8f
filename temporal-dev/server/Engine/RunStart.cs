using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;
using Temporalio.Api.Sdk.V1;

namespace TemporalDev.Server.Engine;

/// <summary>A run to be: its started event as far as the caller knows it, and who asked.</summary>
internal sealed record StartSpec
{
    public required string NamespaceId { get; init; }
    public required string NamespaceName { get; init; }
    public required string RunId { get; init; }
    public required string RequestId { get; init; }
    public required WorkflowExecutionStartedEventAttributes Started { get; init; }
    public UserMetadata? UserMetadata { get; init; }
    public IReadOnlyList<Link> Links { get; init; } = [];
    public SignalRequest? Signal { get; init; }
}

/// <summary>The first transition of a run.</summary>
internal static class RunStart
{
    /// <summary>The caller may add to the transition and has to finish it.</summary>
    public static Transition Begin(StartSpec spec, DateTimeOffset now, Func<string> newId)
    {
        var started = spec.Started;
        FillTimeouts(started, now);
        var state = StateOf(spec, now);
        var step = new Transition(state, now, newId) { VisibilityChanged = true };
        var first = new HistoryEvent
        {
            EventType = EventType.WorkflowExecutionStarted,
            WorkflowExecutionStartedEventAttributes = started,
            UserMetadata = spec.UserMetadata,
        };
        first.Links.AddRange(spec.Links);
        state.FirstEvent = step.Append(first);
        state.AttachedRequests[spec.RequestId] = new AttachedRequest(EventType.WorkflowExecutionStarted, 1);
        if (spec.Signal is { } signal)
        {
            Signals.RecordSignal(step, signal);
            step.Flush();
        }

        WorkflowTasks.Wake(step);
        return step;
    }

    private static RunState StateOf(StartSpec spec, DateTimeOffset now)
    {
        var started = spec.Started;
        var backoff = started.FirstWorkflowTaskBackoff.ToTimeSpan();
        var runTimeout = started.WorkflowRunTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        return new RunState
        {
            NamespaceId = spec.NamespaceId,
            NamespaceName = spec.NamespaceName,
            WorkflowId = started.WorkflowId,
            RunId = spec.RunId,
            FirstRunId = started.FirstExecutionRunId,
            CreateRequestId = spec.RequestId,
            WorkflowType = started.WorkflowType.Name,
            TaskQueue = started.TaskQueue.Name,
            StartedAt = now,
            RunTimeout = runTimeout,
            ExecutionTimeout = started.WorkflowExecutionTimeout?.ToTimeSpan() ?? TimeSpan.Zero,
            TaskTimeout = started.WorkflowTaskTimeout.ToTimeSpan(),
            ExecutionExpiresAt = started.WorkflowExecutionExpirationTime?.ToDateTimeOffset(),
            RunExpiresAt = runTimeout > TimeSpan.Zero ? now + backoff + runTimeout : null,
            FirstTaskAt = backoff > TimeSpan.Zero ? now + backoff : null,
            Memo = started.Memo?.Clone() ?? new Memo(),
            SearchAttributes = started.SearchAttributes?.Clone() ?? new SearchAttributes(),
        };
    }

    /// <summary>Defaults, and no run outlives its chain nor a task its run.</summary>
    private static void FillTimeouts(WorkflowExecutionStartedEventAttributes started, DateTimeOffset now)
    {
        started.FirstWorkflowTaskBackoff ??= new Duration();
        var execution = started.WorkflowExecutionTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        if (execution > TimeSpan.Zero && started.WorkflowExecutionExpirationTime is null)
        {
            started.WorkflowExecutionExpirationTime =
                Timestamp.FromDateTimeOffset(now + started.FirstWorkflowTaskBackoff.ToTimeSpan() + execution);
        }

        var run = started.WorkflowRunTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        if (execution > TimeSpan.Zero)
        {
            var left = started.WorkflowExecutionExpirationTime!.ToDateTimeOffset()
                - now - started.FirstWorkflowTaskBackoff.ToTimeSpan();
            run = run > TimeSpan.Zero && run < left ? run : left;
        }

        var task = started.WorkflowTaskTimeout?.ToTimeSpan() ?? TimeSpan.Zero;
        task = task > TimeSpan.Zero ? task : Limits.DefaultTaskTimeout;
        task = task < Limits.MaximumTaskTimeout ? task : Limits.MaximumTaskTimeout;
        started.WorkflowRunTimeout = run > TimeSpan.Zero ? Duration.FromTimeSpan(run) : started.WorkflowRunTimeout;
        started.WorkflowTaskTimeout = Duration.FromTimeSpan(run > TimeSpan.Zero && run < task ? run : task);
    }
}
