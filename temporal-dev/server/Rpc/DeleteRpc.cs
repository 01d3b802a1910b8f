using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>DeleteWorkflowExecution.</summary>
internal sealed class DeleteRpc(NamespaceRegistry namespaces, Executions executions, RunSignals signals)
{
    /// <summary>How long the run may take to tell its parent and children that it has ended.</summary>
    private static readonly TimeSpan DeliveryWait = TimeSpan.FromSeconds(10);

    public void Map(GrpcRoutes routes) => ServiceRoutes.Workflow(routes)
        .Add<DeleteWorkflowExecutionRequest, DeleteWorkflowExecutionResponse>("DeleteWorkflowExecution", DeleteAsync);

    private async Task<DeleteWorkflowExecutionResponse> DeleteAsync(DeleteWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        var key = await executions.ChangeAsync(
            Executions.Key(target.Id, request.WorkflowExecution), Close, CancellationToken.None);
        var deadline = LongPoll.Deadline(call, DeliveryWait);
        while (true)
        {
            var change = signals.NextChange(key.RunId);
            if (await TryDeleteAsync(key))
            {
                return new DeleteWorkflowExecutionResponse();
            }

            var left = deadline.Left;
            if (left == TimeSpan.Zero)
            {
                throw new GrpcException(
                    GrpcStatusCode.Unavailable, "The workflow still has to tell others that it has ended; delete it again later.");
            }

            await change.WaitAsync(left, call.Time, call.CancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            call.CancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static RunKey Close(Transition step)
    {
        if (step.State.IsOpen)
        {
            Closing.Terminate(step, new TerminateRequest("The workflow is deleted.", null, "history-service"));
        }
        else
        {
            step.IsUnchanged = true;
        }

        return step.State.Key;
    }

    private async Task<bool> TryDeleteAsync(RunKey key)
    {
        using var lease = await executions.EnterAsync(key.Chain, CancellationToken.None);
        var run = await lease.RunAsync(key.RunId, CancellationToken.None);
        if (run is null)
        {
            return true;
        }

        if (run.State.Outbox.Count > 0)
        {
            return false;
        }

        await lease.DeleteAsync(run);
        return true;
    }
}
