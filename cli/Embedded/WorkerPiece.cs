using Orchestrator.Worker;

namespace Orchestrator.Cli.Embedded;

/// <summary>The worker, with everything it needs in its environment.</summary>
internal static class WorkerPiece
{
    public static async Task<RunningPiece> StartAsync(StateFolder state, PieceRecord? former, CancellationToken cancel)
    {
        var (settings, mistakes) = WorkerSettings.Read(Environment.GetEnvironmentVariable);
        if (settings is null)
        {
            throw new StackException(string.Join(' ', mistakes));
        }

        var placed = settings with
        {
            LogFile = settings.LogFile ?? Path.Combine(state.Logs, "worker.log"),
            Reports = settings.Reports ?? Path.Combine(state.Root, "reports"),
            // In a container every process may have the number that the one before it had.
            SuccessorTo = former is null || former.ProcessId == Environment.ProcessId ? null : $"{former.ProcessId}@{Environment.MachineName}",
        };
        var worker = await WorkerHost.StartAsync(placed, cancel);
        return new RunningPiece(null, worker.Ended, worker);
    }
}
