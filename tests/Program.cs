using Orchestrator.Tests.Cli;
using Orchestrator.Tests.Sdk.Worker;

namespace Orchestrator.Tests;

/// <summary>The tests' assembly as a program of its own: a worker that a test can kill, and a shell that runs commands.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        switch (arguments)
        {
            case ["worker", var address, var taskQueue]:
                await WorkerProcess.MainAsync(address, taskQueue);
                return 0;
            case ["shell"]:
                await OrchestratorShell.MainAsync();
                return 0;
            default:
                await Console.Error.WriteLineAsync("worker HOST:PORT QUEUE, or shell");
                return 2;
        }
    }
}
