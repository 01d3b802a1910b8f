using Orchestrator.Tests.Sdk.Worker;

namespace Orchestrator.Tests;

/// <summary>The tests' assembly as a program of its own: a worker that a test can kill.</summary>
internal static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        if (arguments is not ["worker", var address, var taskQueue])
        {
            await Console.Error.WriteLineAsync("worker HOST:PORT QUEUE");
            return 2;
        }

        await WorkerProcess.MainAsync(address, taskQueue);
        return 0;
    }
}
