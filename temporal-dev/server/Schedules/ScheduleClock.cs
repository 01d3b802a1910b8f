using System.Data.Common;
using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Clock;

namespace TemporalDev.Server.Schedules;

/// <summary>Wakes schedules whose time has come.</summary>
internal sealed class ScheduleClock(
    ScheduleDesk desk, ScheduleWatch watch, TimeProvider time, ILogger<ScheduleClock> log, TimeSkipping? skipping)
{
    private const int ConcurrentSchedules = 32;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var slots = new SemaphoreSlim(ConcurrentSchedules);
        while (true)
        {
            var key = await watch.Due.NextAsync(cancellation);
            await slots.WaitAsync(cancellation);
            _ = WakeAsync(key, slots, cancellation);
        }
    }

    private async Task WakeAsync(ScheduleKey key, SemaphoreSlim slots, CancellationToken cancellation)
    {
        try
        {
            await desk.WakeAsync(key, cancellation);
        }
        catch (Exception failure) when (failure is GrpcException or DbException)
        {
            log.LogWarning(failure, "Schedule {ScheduleId} could not be woken in time and will be tried again", key.ScheduleId);
            watch.Due.Set(key, time.GetUtcNow() + RetryPause);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server stops; the next one computes the times anew.
        }
        finally
        {
            watch.Due.Done();
            skipping?.Consider();
            slots.Release();
        }
    }
}
