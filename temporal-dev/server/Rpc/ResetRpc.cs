using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.WorkflowService.V1;

namespace TemporalDev.Server.Rpc;

/// <summary>ResetWorkflowExecution.</summary>
internal sealed class ResetRpc(NamespaceRegistry namespaces, Executions executions)
{
    public void Map(GrpcRoutes routes) => ServiceRoutes.Workflow(routes)
        .Add<ResetWorkflowExecutionRequest, ResetWorkflowExecutionResponse>("ResetWorkflowExecution", ResetAsync);

    private async Task<ResetWorkflowExecutionResponse> ResetAsync(ResetWorkflowExecutionRequest request, GrpcCall call)
    {
        var target = namespaces.Get(request.Namespace);
        Fields.Optional(request.RequestId, "RequestId");
        if (request.PostResetOperations.Count > 0)
        {
            throw new GrpcException(GrpcStatusCode.Unimplemented, "This server does not support operations after a reset.");
        }

        var key = Executions.Key(target.Id, request.WorkflowExecution);
        using var lease = await executions.EnterAsync(key.Chain, CancellationToken.None);
        var original = await Executions.FindAsync(lease, key, CancellationToken.None);
        var current = await Executions.FindAsync(lease, key with { RunId = "" }, CancellationToken.None);
        if (request.RequestId.Length > 0 && current.State.CreateRequestId == request.RequestId)
        {
            return new ResetWorkflowExecutionResponse { RunId = current.State.RunId };
        }

        var history = await lease.HistoryAsync(original, 1, original.State.NextEventId - 1, CancellationToken.None);
        var begin = lease.Reset(original, history, Request(request));
        List<Transition> steps = [begin];
        if (current.State.IsOpen)
        {
            steps.Insert(0, End(lease, current, original, begin.State));
        }

        await lease.CommitAsync(steps);
        return new ResetWorkflowExecutionResponse { RunId = begin.State.RunId };
    }

    private static Transition End(ChainLease lease, LoadedRun current, LoadedRun original, RunState heir)
    {
        var end = lease.Begin(current);
        try
        {
            if (current == original)
            {
                Resets.HandOver(end, heir);
            }

            Closing.Terminate(end, new TerminateRequest("The workflow was reset; a new run goes on.", null, "history-service"));
            end.Finish();
            return end;
        }
        catch
        {
            current.Rollback();
            throw;
        }
    }

    private static ResetRequest Request(ResetWorkflowExecutionRequest request)
    {
        return new ResetRequest(
            request.Reason,
            request.Identity,
            request.RequestId.Length > 0 ? request.RequestId : Guid.NewGuid().ToString(),
            request.WorkflowTaskFinishEventId,
            Again(request));
    }

    private static Reapply Again(ResetWorkflowExecutionRequest request)
    {
#pragma warning disable CS0612 // What older clients send instead of the list of exclusions.
        var again = request.ResetReapplyType switch
        {
            ResetReapplyType.None => Reapply.Nothing,
            ResetReapplyType.Signal => Reapply.Signals,
            _ => Reapply.All,
        };
#pragma warning restore CS0612
        foreach (var excluded in request.ResetReapplyExcludeTypes)
        {
            again &= excluded switch
            {
                ResetReapplyExcludeType.Signal => ~Reapply.Signals,
                ResetReapplyExcludeType.Update => ~Reapply.Updates,
                _ => Reapply.All,
            };
        }

        return again;
    }
}
