using System.Diagnostics;
using Temporalio.Client;
using Temporalio.Worker;

namespace Orchestrator.Tests.Sdk.Worker;

/// <summary>A worker in a process of its own, with what <see cref="WorkerKillTests" /> needs.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(40);

    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public int Id => _process.Id;

    /// <summary>Polls when this returns.</summary>
    public static async Task<WorkerProcess> StartAsync(string address, string taskQueue)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(WorkerProcess).Assembly.Location, "worker", address, taskQueue])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        var started = new WorkerProcess(Process.Start(start)!);
        using var limit = new CancellationTokenSource(Patience);
        Assert.Equal(started.Id.ToString(), await started._process.StandardOutput.ReadLineAsync(limit.Token));
        return started;
    }

    /// <summary>The other side: runs in the process until its input ends, which it does with the test's process.</summary>
    public static async Task MainAsync(string address, string taskQueue)
    {
        var client = await TemporalClient.ConnectAsync(new(address));
        using var worker = new TemporalWorker(client, new TemporalWorkerOptions(taskQueue)
        {
            StickyQueueScheduleToStartTimeout = TimeSpan.FromSeconds(1),
        }.AddWorkflow<WorkerKillTests.Haul>().AddAllActivities<WorkerKillTests.Crew>(null));
        using var stop = new CancellationTokenSource();
        var working = worker.ExecuteAsync(stop.Token);
        Console.WriteLine(Environment.ProcessId);
        await Console.In.ReadToEndAsync(CancellationToken.None);
        await stop.CancelAsync();
        await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>No farewell: the process is gone at once.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }
}
