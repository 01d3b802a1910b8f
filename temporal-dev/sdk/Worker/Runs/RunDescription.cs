using Coresdk.WorkflowActivation;
using Temporalio.Common;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>Reads what a run knows of itself out of the activation that starts it.</summary>
internal static class RunDescription
{
    public static WorkflowInfo Read(InitializeWorkflow start, WorkflowActivation first, RunSettings settings) => new(
        Attempt: start.Attempt,
        ContinuedRunId: NullIfEmpty(start.ContinuedFromExecutionRunId),
        CronSchedule: NullIfEmpty(start.CronSchedule),
        ExecutionTimeout: start.WorkflowExecutionTimeout?.ToTimeSpan(),
        FirstExecutionRunId: start.FirstExecutionRunId,
        Headers: start.Headers,
        LastFailure: start.ContinuedFailure is { } failure
            ? settings.DataConverter.FailureConverter.ToException(failure, settings.DataConverter.PayloadConverter)
            : null,
        LastResult: start.LastCompletionResult is { } last ? HandlerArguments.Raw(last.Payloads_) : null,
        Namespace: settings.Namespace,
        OriginalExecutionRunId: start.OriginalExecutionRunId is { Length: > 0 } original ? original : first.RunId,
        Parent: start.ParentWorkflowInfo is { } parent ? new(parent.Namespace, parent.RunId, parent.WorkflowId) : null,
        Priority: new(start.Priority),
        RetryPolicy: start.RetryPolicy is { } policy ? RetryPolicy.FromProto(policy) : null,
        Root: start.RootWorkflow is { } root ? new(root.RunId, root.WorkflowId) : null,
        RunId: first.RunId,
        RunTimeout: start.WorkflowRunTimeout?.ToTimeSpan(),
        StartTime: first.Timestamp.ToDateTime(),
        TaskQueue: settings.TaskQueue,
        TaskTimeout: start.WorkflowTaskTimeout?.ToTimeSpan() ?? TimeSpan.Zero,
        WorkflowId: start.WorkflowId,
        WorkflowStartTime: start.StartTime?.ToDateTime() ?? first.Timestamp.ToDateTime(),
        WorkflowType: start.WorkflowType);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
