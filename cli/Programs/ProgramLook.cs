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

    /// <summary>What keeps it from going on, if something does.</summary>
    public Trouble? Trouble { get; init; }

    public BatchStatus? Current => Batches.LastOrDefault(b => b.Outcome is null);

    /// <param name="known">Batches that have ended do not change any more and are not asked again.</param>
    public static async Task<ProgramLook> TakeAsync(
        ITemporalClient client, string program, ProgramLook? known, CancellationToken cancel)
    {
        var query = new WorkflowQueryOptions { Rpc = new() { Timeout = Patience, CancellationToken = cancel } };
        var status = await client.GetWorkflowHandle<ProgramWorkflow>(program).QueryAsync(p => p.Status, query);
        var batches = new List<BatchStatus>();
        var running = new Running(null, Trouble.Find(await client.GetWorkflowHandle(program).DescribeAsync(Describe(cancel))));
        foreach (var line in status.Batches.Where(b => b.State != BatchLineState.Waiting))
        {
            if (known?.Batches.FirstOrDefault(b => b.Batch == line.Id) is { Outcome: not null } ended)
            {
                batches.Add(ended);
                continue;
            }

            var batch = client.GetWorkflowHandle<BatchWorkflow, BatchOutcome>(line.WorkflowId);
            batches.Add(await batch.QueryAsync(b => b.Status, query));
            running = line.State == BatchLineState.Running ? await ReadRunningAsync(client, batch, cancel) : running;
        }

        return new ProgramLook(status, batches, running.Progress) { Trouble = running.Trouble };
    }

    // Its heartbeats are with the service, also for a worker that is elsewhere.
    private static async Task<Running> ReadRunningAsync(ITemporalClient client, WorkflowHandle batch, CancellationToken cancel)
    {
        var described = await batch.DescribeAsync(Describe(cancel));
        if (described.RawDescription.PendingChildren.FirstOrDefault(c => c.WorkflowTypeName == nameof(TransferWorkflow)) is not { } child)
        {
            return new Running(null, Trouble.Find(described));
        }

        var transfer = await client.GetWorkflowHandle(child.WorkflowId).DescribeAsync(Describe(cancel));
        var heartbeat = transfer.RawDescription.PendingActivities
            .Select(a => a.HeartbeatDetails?.Payloads_.FirstOrDefault())
            .FirstOrDefault(details => details is not null);
        var progress = heartbeat is null ? null : await client.Options.DataConverter.ToValueAsync<TransferProgress>(heartbeat);
        return new Running(progress, Trouble.Find(transfer));
    }

    private static WorkflowDescribeOptions Describe(CancellationToken cancel) => new() { Rpc = new() { Timeout = Patience, CancellationToken = cancel } };

    private sealed record Running(TransferProgress? Progress, Trouble? Trouble);
}
