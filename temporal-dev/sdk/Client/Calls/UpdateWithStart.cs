using Temporalio.Api.Enums.V1;
using Temporalio.Api.ErrorDetails.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Exceptions;

namespace Temporalio.Client;

/// <summary>One call that starts a workflow, unless it runs, and updates it.</summary>
internal sealed class UpdateWithStart(ITemporalClient client, WorkflowStart start, WorkflowUpdates updates)
{
    public async Task<WorkflowUpdateHandle<TResult>> StartAsync<TResult>(StartUpdateWithStartWorkflowInput input)
    {
        var operation = input.Options.StartWorkflowOperation
            ?? throw new ArgumentException("An update with start needs a StartWorkflowOperation.", nameof(input));
        if (!operation.TryUse())
        {
            throw new ArgumentException("A StartWorkflowOperation can be used once; create another.", nameof(input));
        }

        try
        {
            Validate(operation.Options);
            return await ExecuteAsync<TResult>(input, operation);
        }
        catch (Exception e)
        {
            operation.TrySetException(e);
            throw;
        }
    }

    private static void Validate(WorkflowOptions options)
    {
        var forbidden = options switch
        {
            { StartSignal: not null } or { StartSignalArgs: not null } => nameof(options.StartSignal),
            { RequestEagerStart: true } => nameof(options.RequestEagerStart),
            { Rpc: not null } => nameof(options.Rpc),
            _ => null,
        };
        if (forbidden is not null)
        {
            throw new ArgumentException($"A start that goes with an update cannot have {forbidden}.");
        }

        if (options.IdConflictPolicy == WorkflowIdConflictPolicy.Unspecified)
        {
            throw new ArgumentException("A start that goes with an update needs an IdConflictPolicy.");
        }
    }

    private async Task<WorkflowUpdateHandle<TResult>> ExecuteAsync<TResult>(
        StartUpdateWithStartWorkflowInput input, WithStartWorkflowOperation operation)
    {
        var startRequest = await start.RequestAsync(new(operation.Workflow, operation.Args, operation.Options, operation.Headers));
        var updateRequest = await updates.RequestAsync(new(
            startRequest.WorkflowId,
            RunId: null,
            FirstExecutionRunId: null,
            input.Update,
            input.Args,
            new() { Id = input.Options.Id, WaitForStage = input.Options.WaitForStage },
            input.Headers));
        var request = new ExecuteMultiOperationRequest
        {
            Namespace = client.Options.Namespace,
            Operations =
            {
                new ExecuteMultiOperationRequest.Types.Operation { StartWorkflow = startRequest },
                new ExecuteMultiOperationRequest.Types.Operation { UpdateWorkflow = updateRequest },
            },
        };
        var rpc = RpcOptions.Retrying(input.Options.Rpc);
        while (true)
        {
            var response = await CallAsync(request, startRequest, rpc);
            var started = response.Responses[0].StartWorkflow;
            operation.SetHandle(new(client, startRequest.WorkflowId, RunId: null, started.RunId, started.RunId));
            var updated = response.Responses[1].UpdateWorkflow;
            if (WorkflowUpdates.HasBegun(updated))
            {
                return await updates.HandleAsync<TResult>(updateRequest, updated, input.Options.WaitForStage, rpc);
            }
        }
    }

    private async Task<ExecuteMultiOperationResponse> CallAsync(
        ExecuteMultiOperationRequest request, StartWorkflowExecutionRequest startRequest, RpcOptions rpc)
    {
        try
        {
            return await UpdateWait.RunAsync(() => client.WorkflowService.ExecuteMultiOperationAsync(request, rpc));
        }
        catch (RpcException e) when (StatusDetails.Find(e, MultiOperationExecutionFailure.Parser) is { } failure)
        {
            throw Cause(failure, startRequest) ?? e;
        }
    }

    /// <summary>The operation that failed first; the others only say that they were not tried because of it.</summary>
    private static Exception? Cause(MultiOperationExecutionFailure failure, StartWorkflowExecutionRequest startRequest)
    {
        var status = failure.Statuses.FirstOrDefault(candidate => candidate.Code != 0 && !candidate.Details.Any(IsAborted));
        if (status is null)
        {
            return null;
        }

        var code = (RpcException.StatusCode)status.Code;
        if (code == RpcException.StatusCode.AlreadyExists
            && StatusDetails.Find(status.Details, WorkflowExecutionAlreadyStartedFailure.Parser) is { } detail)
        {
            return WorkflowStart.AlreadyStarted(status.Message, detail, startRequest);
        }

        var raw = new Google.Rpc.Status { Code = status.Code, Message = status.Message, Details = { status.Details } };
        var cause = new RpcException(code, status.Message, Google.Protobuf.MessageExtensions.ToByteArray(raw));
        return code is RpcException.StatusCode.DeadlineExceeded or RpcException.StatusCode.Cancelled
            ? new WorkflowUpdateRpcTimeoutOrCanceledException(cause)
            : cause;
    }

    private static bool IsAborted(Google.Protobuf.WellKnownTypes.Any detail) =>
        detail.TypeUrl.EndsWith("/temporal.api.failure.v1." + nameof(MultiOperationExecutionAborted), StringComparison.Ordinal);
}
