using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Clock;

namespace TemporalDev.Server.Timers;

/// <summary>Wakes what is due, many at a time. Nothing due is ever dropped: what could not be woken is tried again.</summary>
internal sealed class Wakeups<TKey>(
    DueTimes<TKey> due, Func<TKey, CancellationToken, Task> wake, TimeProvider time, ILogger<Wakeups<TKey>> log, TimeSkipping? skipping)
    where TKey : class, IEquatable<TKey>
{
    private const int AtOnce = 64;
    public static readonly TimeSpan PauseInOutage = TimeSpan.FromSeconds(1);

    /// <summary>A mistake of ours seldom mends itself, but may have been a matter of timing.</summary>
    public static readonly TimeSpan PauseAfterMistake = TimeSpan.FromMinutes(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var slots = new SemaphoreSlim(AtOnce);
        while (true)
        {
            var key = await due.NextAsync(cancellation);
            await slots.WaitAsync(cancellation);
            _ = WakeAsync(key, slots, cancellation);
        }
    }

    private async Task WakeAsync(TKey key, SemaphoreSlim slots, CancellationToken cancellation)
    {
        try
        {
            await wake(key, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server stops; the next one computes the times anew.
        }
        catch (GrpcException outage)
        {
            log.LogWarning(outage, "{Key} could not be woken in time and will be tried again", key);
            due.SetAgain(key, time.GetUtcNow() + PauseInOutage);
        }
        // Nobody awaits this task: a mistake in it would be neither seen nor survived by the timer it was about.
        catch (Exception mistake) when (mistake is not OperationCanceledException)
        {
            log.LogError(mistake, "{Key} could not be woken", key);
            due.SetAgain(key, time.GetUtcNow() + PauseAfterMistake);
        }
        finally
        {
            slots.Release();
            due.Done();
            skipping?.Consider();
        }
    }
}
