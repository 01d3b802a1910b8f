using Temporalio.Client;
using Temporalio.Worker;

namespace Orchestrator.Bench.Temporal;

/// <summary>This program as a worker, in a process of its own.</summary>
internal static class DotnetWorker
{
    public const string Verb = "worker";
    public const string Ready = "ready";

    public static async Task RunAsync(string address, string queue)
    {
        var client = await TemporalClient.ConnectAsync(new(address));
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions(queue).AddWorkflow<Once>().AddActivity(Increasing.Increase));
        Console.WriteLine(Ready);
        await worker.ExecuteAsync(CancellationToken.None);
    }
}
