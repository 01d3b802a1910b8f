using System.Runtime.InteropServices;

namespace Orchestrator.Worker;

internal static class Program
{
    private const int Failure = 1;
    private const int Usage = 2;

    public static async Task<int> Main()
    {
        var (settings, mistakes) = WorkerSettings.Read(Environment.GetEnvironmentVariable);
        if (settings is null)
        {
            foreach (var mistake in mistakes)
            {
                await Console.Error.WriteLineAsync(mistake);
            }

            return Usage;
        }

        using var stop = new CancellationTokenSource();
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await WorkerHost.RunAsync(settings, stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }

        catch (UnreachableException unreachable)
        {
            await Console.Error.WriteLineAsync($"{unreachable.Message} TEMPORAL_ADDRESS names the service.");
            return Failure;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }
}
