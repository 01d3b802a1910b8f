using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Status;
using Temporalio.Client;
using Temporalio.Converters;

namespace Orchestrator.Cli.Programs;

/// <summary>A program at one moment: its batches, the one that is being run, and how far its backfill is.</summary>
internal sealed record ProgramLook(ProgramStatus Program, IReadOnlyList<BatchStatus> Batches, TransferProgress? Progress)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public BatchStatus? Current => Batches.LastOrDefault(b => b.Outcome is null);

    /// <param name="known">Batches that have ended do not change any more and are not asked again.</param>
    public static async Task<ProgramLook> TakeAsync(
        ITemporalClient client, string program, ProgramLook? known, CancellationToken cancel)
    {
        var query = new WorkflowQueryOptions { Rpc = new() { Timeout = Patience, CancellationToken = cancel } };
        var status = await client.GetWorkflowHandle<ProgramWorkflow>(program).QueryAsync(p => p.Status, query);
        var batches = new List<BatchStatus>();
        TransferProgress? progress = null;
        foreach (var line in status.Batches.Where(b => b.State != BatchLineState.Waiting))
        {
            if (known?.Batches.FirstOrDefault(b => b.Batch == line.Id) is { Outcome: not null } ended)
            {
                batches.Add(ended);
                continue;
            }

            var batch = client.GetWorkflowHandle<BatchWorkflow, BatchOutcome>(line.WorkflowId);
            batches.Add(await batch.QueryAsync(b => b.Status, query));
            progress = line.State == BatchLineState.Running ? await ReadProgressAsync(client, batch, cancel) : progress;
        }

        return new ProgramLook(status, batches, progress);
    }

    // Its heartbeats are with the service, also for a worker that is elsewhere.
    private static async Task<TransferProgress?> ReadProgressAsync(ITemporalClient client, WorkflowHandle batch, CancellationToken cancel)
    {
        var describe = new WorkflowDescribeOptions { Rpc = new() { Timeout = Patience, CancellationToken = cancel } };
        var described = await batch.DescribeAsync(describe);
        if (described.RawDescription.PendingChildren.FirstOrDefault(c => c.WorkflowTypeName == nameof(TransferWorkflow)) is not { } child)
        {
            return null;
        }

        var transfer = await client.GetWorkflowHandle(child.WorkflowId).DescribeAsync(describe);
        var heartbeat = transfer.RawDescription.PendingActivities
            .Select(a => a.HeartbeatDetails?.Payloads_.FirstOrDefault())
            .FirstOrDefault(details => details is not null);
        return heartbeat is null
            ? null
            : await client.Options.DataConverter.ToValueAsync<TransferProgress>(heartbeat);
    }
}
