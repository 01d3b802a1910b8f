using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Visibility;
using TemporalDev.Server.Visibility.Search;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Retention;

/// <summary>Deletes runs that have been closed for longer than their namespace keeps them.</summary>
internal sealed class RetentionSweeper(
    NamespaceRegistry namespaces, Executions executions, IStore store, TimeProvider time, ILogger<RetentionSweeper> log)
{
    /// <summary>Runs that one list brings; the deletions of one batch are over before the next is asked for.</summary>
    private const int BatchRuns = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);
    private static readonly Field CloseTime = new("CloseTime", IndexedValueType.Datetime);

    public async Task RunAsync(CancellationToken cancellation)
    {
        while (true)
        {
            await Task.Delay(Pause, time, cancellation);
            try
            {
                await SweepAsync(cancellation);
            }
            catch (GrpcException failure) when (failure.Code == GrpcStatusCode.Unavailable)
            {
                log.LogWarning(failure, "Runs past their retention could not be deleted and will be tried again");
            }
        }
    }

    /// <summary>How many runs were deleted.</summary>
    public async Task<int> SweepAsync(CancellationToken cancellation)
    {
        var deleted = 0;
        foreach (var target in namespaces.All)
        {
            if (target.Retention > TimeSpan.Zero)
            {
                deleted += await SweepAsync(target.Id, time.GetUtcNow() - target.Retention, cancellation);
            }
        }

        return deleted;
    }

    private async Task<int> SweepAsync(string namespaceId, DateTimeOffset horizon, CancellationToken cancellation)
    {
        var deleted = 0;
        var expired = new Compare(CloseTime, Comparison.Less, Instant.Of(horizon));
        PagePosition? after = null;
        while (true)
        {
            var batch = await store.ListAsync(new RunSearch(namespaceId, expired, after, BatchRuns), cancellation);
            foreach (var run in batch)
            {
                deleted += await TryDeleteAsync(run.Key, cancellation) ? 1 : 0;
            }

            if (batch.Count < BatchRuns)
            {
                return deleted;
            }

            after = batch[^1].Position;
        }
    }

    private async Task<bool> TryDeleteAsync(RunKey key, CancellationToken cancellation)
    {
        using var lease = await executions.EnterAsync(key.Chain, cancellation);
        // One that still has something to tell others is left for the next time.
        if (await lease.RunAsync(key.RunId, cancellation) is not { State: { IsOpen: false, Outbox.Count: 0 } } run)
        {
            return false;
        }

        await lease.DeleteAsync(run);
        return true;
    }
}
