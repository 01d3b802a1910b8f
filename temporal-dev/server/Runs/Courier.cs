using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;

namespace TemporalDev.Server.Runs;

/// <summary>
/// Carries messages from run to run. Delivering twice is harmless (every receiver dedupes), losing one is impossible:
/// a message leaves its outbox only in the transition that notes its outcome.
/// </summary>
internal sealed class Courier(
    Executions executions, Starter starter, NamespaceRegistry namespaces, Outbox outbox, TimeProvider time, ILogger<Courier> log)
{
    private const int ConcurrentRuns = 32;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var slots = new SemaphoreSlim(ConcurrentRuns);
        while (true)
        {
            var run = await outbox.NextAsync(cancellation);
            await slots.WaitAsync(cancellation);
            _ = DeliverAsync(run, slots, cancellation);
        }
    }

    private async Task DeliverAsync(RunKey run, SemaphoreSlim slots, CancellationToken cancellation)
    {
        try
        {
            await DeliverAllAsync(run, cancellation);
        }
        catch (GrpcException failure) when (failure.Code != GrpcStatusCode.Internal && !cancellation.IsCancellationRequested)
        {
            log.LogWarning(failure, "Run {RunId} could not deliver its messages and will try again", run.RunId);
            await Task.Delay(RetryPause, time, cancellation);
            outbox.Post(run);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server stops; the messages are in the store.
        }
        finally
        {
            slots.Release();
        }
    }

    private async Task<IReadOnlyList<OutboxMessage>> MessagesAsync(RunKey run, CancellationToken cancellation)
    {
        try
        {
            return await executions.ReadAsync(run, state => state.Outbox.ToList(), cancellation);
        }
        catch (GrpcException refused) when (refused.Code == GrpcStatusCode.NotFound)
        {
            // Deleted meanwhile, which happens only to runs that have delivered everything.
            return [];
        }
    }

    private async Task DeliverAllAsync(RunKey run, CancellationToken cancellation)
    {
        var messages = await MessagesAsync(run, cancellation);
        foreach (var message in messages)
        {
            var delivery = new Delivery(executions, starter, namespaces, run, message);
            await delivery.DeliverAsync(cancellation);
        }
    }
}
