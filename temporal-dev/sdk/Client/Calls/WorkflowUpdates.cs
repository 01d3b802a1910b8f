using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;
using Temporalio.Client.Interceptors;
using Temporalio.Converters;

namespace Temporalio.Client;

/// <summary>Sends updates and waits for them.</summary>
internal sealed class WorkflowUpdates(ITemporalClient client)
{
    public async Task<WorkflowUpdateHandle<TResult>> StartAsync<TResult>(StartWorkflowUpdateInput input)
    {
        var request = await RequestAsync(input);
        var rpc = RpcOptions.Retrying(input.Options.Rpc);
        while (true)
        {
            // The server answers early when its own wait ends; the same update id makes the repetition the same update.
            var response = await UpdateWait.RunAsync(() => client.WorkflowService.UpdateWorkflowExecutionAsync(request, rpc));
            if (HasBegun(response))
            {
                return await HandleAsync<TResult>(request, response, input.Options.WaitForStage, rpc);
            }
        }
    }

    public async Task<UpdateWorkflowExecutionRequest> RequestAsync(StartWorkflowUpdateInput input)
    {
        if (input.Options.WaitForStage is WorkflowUpdateStage.None or WorkflowUpdateStage.Admitted)
        {
            throw new ArgumentException("An update is waited for until it is accepted or completed: set WaitForStage.", nameof(input));
        }

        var converter = client.Options.DataConverter.WithSerializationContext(
            new ISerializationContext.Workflow(client.Options.Namespace, input.Id));
        return new()
        {
            Namespace = client.Options.Namespace,
            WorkflowExecution = new() { WorkflowId = input.Id, RunId = input.RunId ?? string.Empty },
            FirstExecutionRunId = input.FirstExecutionRunId ?? string.Empty,
            WaitPolicy = new() { LifecycleStage = (UpdateWorkflowExecutionLifecycleStage)input.Options.WaitForStage },
            Request = new()
            {
                Meta = new()
                {
                    UpdateId = input.Options.Id ?? Guid.NewGuid().ToString(),
                    Identity = client.Connection.Options.Identity ?? string.Empty,
                },
                Input = new()
                {
                    Name = input.Update,
                    Args = await converter.ToInputAsync(input.Args),
                    Header = await converter.ToHeaderAsync(input.Headers),
                },
            },
        };
    }

    /// <summary>Whether a worker has accepted or rejected the update.</summary>
    public static bool HasBegun(UpdateWorkflowExecutionResponse response) =>
        response.Outcome is not null || response.Stage >= UpdateWorkflowExecutionLifecycleStage.Accepted;

    public async Task<WorkflowUpdateHandle<TResult>> HandleAsync<TResult>(
        UpdateWorkflowExecutionRequest request, UpdateWorkflowExecutionResponse response, WorkflowUpdateStage waitFor, RpcOptions rpc)
    {
        var handle = new WorkflowUpdateHandle<TResult>(
            client,
            request.Request.Meta.UpdateId,
            request.WorkflowExecution.WorkflowId,
            response.UpdateRef?.WorkflowExecution?.RunId is { Length: > 0 } runId ? runId : null)
        { KnownOutcome = response.Outcome };
        if (waitFor == WorkflowUpdateStage.Completed)
        {
            await handle.PollOutcomeAsync(rpc);
        }

        return handle;
    }
}
