using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>DeleteWorkflowExecution: answered when the wish is durable; the courier deletes once others have been told.</summary>
internal sealed class DeleteRpc(NamespaceRegistry namespaces, Executions executions)
{
    public void Map(GrpcRoutes routes) => ServiceRoutes.Workflow(routes)
        .Add<DeleteWorkflowExecutionRequest, DeleteWorkflowExecutionResponse>("DeleteWorkflowExecution", DeleteAsync);

    private async Task<DeleteWorkflowExecutionResponse> DeleteAsync(DeleteWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        await executions.ChangeAsync(Executions.Key(target.Id, request.WorkflowExecution), Delete, CancellationToken.None);
        return new DeleteWorkflowExecutionResponse();
    }

    private static void Delete(Transition step)
    {
        if (step.State.Outbox.Exists(message => message.Kind == OutboxKind.Deletion))
        {
            step.IsUnchanged = true;
            return;
        }

        if (step.State.IsOpen)
        {
            Closing.Terminate(step, new TerminateRequest("The workflow is deleted.", null, "history-service"));
        }

        step.Send(OutboxKind.Deletion, 0);
    }
}
