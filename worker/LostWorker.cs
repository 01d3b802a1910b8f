using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Worker;

/// <summary>
/// Gives back what a worker held that is gone: it was killed, or ended when there was no service to tell. Temporal itself would notice when
/// heartbeats are missing for ten seconds, or after an activity's whole time where it sends none; whoever knows it need not wait for that.
/// </summary>
internal static class LostWorker
{
    // A program has a handful of open workflows. What is beyond this is found by its missing heartbeats.
    private const int MostWorkflows = 200;

    // PostgreSQL should have noticed by then that the dead worker's sessions are over.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <returns>How many activities can be tried again at once.</returns>
    public static async Task<int> GiveBackAsync(ITemporalClient client, string taskQueue, string identity, CancellationToken cancel)
    {
        var rpc = new RpcOptions { CancellationToken = cancel };
        var query = $"TaskQueue = '{taskQueue.Replace("'", "''", StringComparison.Ordinal)}' and ExecutionStatus = 'Running'";
        var given = 0;
        await foreach (var workflow in client.ListWorkflowsAsync(query, new() { Limit = MostWorkflows, Rpc = rpc }).WithCancellation(cancel))
        {
            foreach (var activity in await HeldAsync(client.GetWorkflowHandle(workflow.Id, workflow.RunId), identity, rpc))
            {
                given += await TryGiveBackAsync(client.GetAsyncActivityHandle(workflow.Id, workflow.RunId, activity), rpc) ? 1 : 0;
            }
        }

        return given;
    }

    // One that is being cancelled would not be tried again: it is left to its timeout.
    private static async Task<IReadOnlyList<string>> HeldAsync(WorkflowHandle workflow, string identity, RpcOptions rpc)
    {
        try
        {
            var described = await workflow.DescribeAsync(new() { Rpc = rpc });
            return [.. described.RawDescription.PendingActivities
                .Where(a => a.State == PendingActivityState.Started && a.LastWorkerIdentity == identity)
                .Select(a => a.ActivityId)];
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return [];
        }
    }

    private static async Task<bool> TryGiveBackAsync(AsyncActivityHandle activity, RpcOptions rpc)
    {
        var gone = new ApplicationFailureException("The worker that did this is gone.", "WorkerGone", nextRetryDelay: Pause);
        try
        {
            await activity.FailAsync(gone, new() { Rpc = rpc });
            return true;
        }
        // Its time was over meanwhile, or the workflow's.
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return false;
        }
    }
}
