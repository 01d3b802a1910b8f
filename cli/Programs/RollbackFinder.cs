using Orchestrator.Workflows;
using Temporalio.Client;

namespace Orchestrator.Cli.Programs;

/// <summary>Rollbacks of finished batches, which are workflows beside their program.</summary>
internal static class RollbackFinder
{
    public static async Task<IReadOnlyList<FoundBatch>> ListOpenAsync(ITemporalClient client, string program, CancellationToken cancel)
    {
        var found = new List<FoundBatch>();
        var rpc = new RpcOptions { CancellationToken = cancel };
        await foreach (var workflow in client.ListWorkflowsAsync("WorkflowType = 'BatchWorkflow' and ExecutionStatus = 'Running'", new() { Rpc = rpc }))
        {
            if (workflow.Id.StartsWith(program + "/", StringComparison.Ordinal) && workflow.Id.EndsWith("/rollback", StringComparison.Ordinal))
            {
                var handle = client.GetWorkflowHandle<BatchWorkflow>(workflow.Id);
                found.Add(new FoundBatch(workflow.Id, await handle.QueryAsync(b => b.Status, new() { Rpc = rpc })));
            }
        }

        return found;
    }
}
