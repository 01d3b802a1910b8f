using Coresdk.WorkflowCommands;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>Which command an ending of workflow code is.</summary>
internal static class RunEnding
{
    /// <returns>Null if the exception is no ending, but a mistake that only fails the task.</returns>
    public static WorkflowCommand? Of(Exception exception, RunState state) => exception switch
    {
        ContinueAsNewException next => ContinueAsNew(next, state),
        _ when state.CancellationToken.IsCancellationRequested && TemporalException.IsCanceledException(exception) =>
            new() { CancelWorkflowExecution = new() },
        _ when state.IsFailure(exception) => new() { FailWorkflowExecution = new() { Failure = state.ToFailure(exception) } },
        _ => null,
    };

    public static WorkflowCommand OfResult(object? result, RunState state) => new()
    {
        CompleteWorkflowExecution = new() { Result = state.PayloadConverter.ToPayload(result is ValueTuple ? null : result) },
    };

    private static WorkflowCommand ContinueAsNew(ContinueAsNewException next, RunState state)
    {
        var (workflow, args, options, headers) = next.Input;
        var command = new ContinueAsNewWorkflowExecution
        {
            WorkflowType = workflow,
            Arguments = { state.PayloadConverter.ToPayloads(args) },
            TaskQueue = options?.TaskQueue ?? string.Empty,
            WorkflowRunTimeout = ToDuration(options?.RunTimeout),
            WorkflowTaskTimeout = ToDuration(options?.TaskTimeout),
            RetryPolicy = options?.RetryPolicy?.ToProto(),
            SearchAttributes = options?.TypedSearchAttributes?.ToProto(),
            VersioningIntent = (Coresdk.Common.VersioningIntent)(options?.VersioningIntent ?? VersioningIntent.Unspecified),
            BackoffStartInterval = ToDuration(options?.BackoffStartInterval),
        };
        foreach (var (key, value) in options?.Memo ?? new Dictionary<string, object>())
        {
            command.Memo.Add(key, state.PayloadConverter.ToPayload(value));
        }

        if (headers != null)
        {
            command.Headers.Add(headers);
        }

        return new() { ContinueAsNewWorkflowExecution = command };
    }

    private static Duration? ToDuration(TimeSpan? span) => span is { } value ? Duration.FromTimeSpan(value) : null;
}
