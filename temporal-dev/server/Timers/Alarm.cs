using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Clock;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Runs;

namespace TemporalDev.Server.Timers;

/// <summary>Wakes runs whose time has come.</summary>
internal sealed class Alarm(DueTimes<RunKey> due, Executions executions, TimeProvider time, ILogger<Alarm> log, TimeSkipping? skipping)
{
    private const int ConcurrentRuns = 64;
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    public async Task RunAsync(CancellationToken cancellation)
    {
        using var slots = new SemaphoreSlim(ConcurrentRuns);
        while (true)
        {
            var run = await due.NextAsync(cancellation);
            await slots.WaitAsync(cancellation);
            _ = FireAsync(run, slots, cancellation);
        }
    }

    private async Task FireAsync(RunKey run, SemaphoreSlim slots, CancellationToken cancellation)
    {
        try
        {
            await executions.ChangeAsync(run, Fire, cancellation);
        }
        catch (GrpcException failure) when (failure.Code != GrpcStatusCode.NotFound)
        {
            log.LogWarning(failure, "Run {RunId} could not be woken in time and will be tried again", run.RunId);
            due.Set(run, time.GetUtcNow() + RetryPause);
        }
        catch (GrpcException)
        {
            // The run has been deleted since.
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // The server stops; the next one computes its deadlines anew.
        }
        finally
        {
            slots.Release();
            due.Done();
            skipping?.Consider();
        }
    }

    private void Fire(Transition step)
    {
        if (Deadlines.Next(step.State) is not { } next || next > step.Now)
        {
            // Something else moved the deadline since; what remains is announced by nobody but us.
            due.Set(step.State.Key, Deadlines.Next(step.State));
            step.IsUnchanged = true;
            return;
        }

        Deadlines.Fire(step);
    }
}
