using Temporalio.Common;
using Temporalio.Converters;
using Payload = Temporalio.Api.Common.V1.Payload;

namespace Temporalio.Workflows;

/// <summary>What a run knows of itself; constant for the whole run.</summary>
/// <param name="StartTime">When the first workflow task started.</param>
/// <param name="WorkflowStartTime">When the server started the workflow.</param>
/// <param name="OriginalExecutionRunId">The run id written at the start; a reset keeps it.</param>
public record WorkflowInfo(
    int Attempt,
    string? ContinuedRunId,
    string? CronSchedule,
    TimeSpan? ExecutionTimeout,
    string FirstExecutionRunId,
    IReadOnlyDictionary<string, Payload>? Headers,
    Exception? LastFailure,
    IReadOnlyCollection<IRawValue>? LastResult,
    string Namespace,
    string OriginalExecutionRunId,
    WorkflowInfo.ParentInfo? Parent,
    Priority Priority,
    RetryPolicy? RetryPolicy,
    WorkflowInfo.RootInfo? Root,
    string RunId,
    TimeSpan? RunTimeout,
    DateTime StartTime,
    string TaskQueue,
    TimeSpan TaskTimeout,
    string WorkflowId,
    DateTime WorkflowStartTime,
    string WorkflowType)
{
    internal IReadOnlyDictionary<string, object> LogFields { get; } = new Dictionary<string, object>
    {
        ["Attempt"] = Attempt,
        ["Namespace"] = Namespace,
        ["RunId"] = RunId,
        ["TaskQueue"] = TaskQueue,
        ["WorkflowId"] = WorkflowId,
        ["WorkflowType"] = WorkflowType,
    };

    public record ParentInfo(string Namespace, string RunId, string WorkflowId);

    public record RootInfo(string RunId, string WorkflowId);
}

/// <summary>The update whose handler is running.</summary>
/// <param name="Id">The update's id, not its name.</param>
public record WorkflowUpdateInfo(string Id, string Name)
{
    internal IReadOnlyDictionary<string, object> LogFields { get; } = new Dictionary<string, object>
    {
        ["UpdateId"] = Id,
        ["UpdateName"] = Name,
    };
}
