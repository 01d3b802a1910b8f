using Temporalio.Api.Enums.V1;
using Temporalio.Api.Update.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Converters;
using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>One update of one workflow.</summary>
public record WorkflowUpdateHandle(ITemporalClient Client, string Id, string WorkflowId, string? WorkflowRunId = null)
{
    // Waiters that poll at the same time learn the same outcome, so that it does not matter whose assignment wins.
    internal Outcome? KnownOutcome { get; set; }

    public Task GetResultAsync(RpcOptions? rpcOptions = null) => GetResultAsync<ValueTuple>(rpcOptions);

    /// <exception cref="WorkflowUpdateFailedException">Rejected, or failed; the inner exception is why.</exception>
    /// <exception cref="WorkflowUpdateRpcTimeoutOrCanceledException">The wait ended, not the update.</exception>
    public virtual async Task<TResult> GetResultAsync<TResult>(RpcOptions? rpcOptions = null)
    {
        var outcome = await PollOutcomeAsync(rpcOptions);
        var converter = Client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(Client.Options.Namespace, WorkflowId));
        if (outcome.Failure is { } failure)
        {
            throw new WorkflowUpdateFailedException(await converter.ToExceptionAsync(failure));
        }

        return typeof(TResult) == typeof(ValueTuple)
            ? default!
            : await converter.ToSingleValueAsync<TResult>(outcome.Success.Payloads_);
    }

    internal async Task<Outcome> PollOutcomeAsync(RpcOptions? rpcOptions)
    {
        var request = new PollWorkflowExecutionUpdateRequest
        {
            Namespace = Client.Options.Namespace,
            UpdateRef = new()
            {
                WorkflowExecution = new() { WorkflowId = WorkflowId, RunId = WorkflowRunId ?? string.Empty },
                UpdateId = Id,
            },
            Identity = Client.Connection.Options.Identity ?? string.Empty,
            WaitPolicy = new() { LifecycleStage = UpdateWorkflowExecutionLifecycleStage.Completed },
        };
        while (KnownOutcome is null)
        {
            // The server ends its long poll with an answer that has no outcome; then it is asked again.
            var response = await UpdateWait.RunAsync(
                () => Client.Connection.WorkflowService.PollWorkflowExecutionUpdateAsync(request, RpcOptions.Retrying(rpcOptions)));
            KnownOutcome ??= response.Outcome;
        }

        return KnownOutcome;
    }
}

/// <summary>One update of one workflow, with the type of its result.</summary>
public record WorkflowUpdateHandle<TResult>(ITemporalClient Client, string Id, string WorkflowId, string? WorkflowRunId = null)
    : WorkflowUpdateHandle(Client, Id, WorkflowId, WorkflowRunId)
{
    /// <exception cref="WorkflowUpdateFailedException">Rejected, or failed; the inner exception is why.</exception>
    public new Task<TResult> GetResultAsync(RpcOptions? rpcOptions = null) => GetResultAsync<TResult>(rpcOptions);
}
