using System.Diagnostics;

namespace Orchestrator.Bench.Temporal;

internal static class WorkerCommand
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);
    private static readonly string Modules = Path.Combine(Checkout.Root, "tests", "conformance");

    public static async Task<Child> StartAsync(WorkerKind kind, string address)
    {
        if (kind == WorkerKind.Dotnet)
        {
            var self = Path.Combine(AppContext.BaseDirectory, "bench-temporal.dll");
            return await Child.StartAsync(DotnetWorker.Ready, "dotnet", self, DotnetWorker.Verb, address, Contestant.Queue);
        }

        await InstallAsync();
        var script = Path.Combine(Checkout.Root, "bench", "temporal", "worker.mjs");
        return await Child.StartAsync(DotnetWorker.Ready, "node", script, address, Contestant.Queue, Modules);
    }

    private static async Task InstallAsync()
    {
        // npm writes this file last, so it stands for "the packages are complete".
        if (File.Exists(Path.Combine(Modules, "node_modules", ".package-lock.json")))
        {
            return;
        }

        using var npm = Process.Start(new ProcessStartInfo("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]) { WorkingDirectory = Modules })!;
        await npm.WaitForExitAsync().WaitAsync(InstallLimit);
        if (npm.ExitCode != 0)
        {
            throw new InvalidOperationException($"npm ci in {Modules} ended with {npm.ExitCode}.");
        }
    }
}
