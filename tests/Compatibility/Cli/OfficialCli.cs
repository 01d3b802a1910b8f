using System.Diagnostics;
using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Compatibility.Cli;

/// <summary>The official command line tool, asked to print JSON.</summary>
internal sealed class OfficialCli(string address)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    public async Task<CliOutcome> RunAsync(params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(OfficialServer.Cli!, [.. arguments, "--address", address, "--output", "json", "--color", "never"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // Whatever the caller's profile says, it is the given address that is asked.
        start.Environment["TEMPORAL_CONFIG_FILE"] = "/dev/null";
        using var process = Process.Start(start)!;
        using var ending = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(ending.Token);
            var errors = process.StandardError.ReadToEndAsync(ending.Token);
            await process.WaitForExitAsync(ending.Token);
            return new CliOutcome(process.ExitCode, await output, await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            return new CliOutcome(-1, "", $"did not end within {Limit}");
        }
    }
}

internal sealed record CliOutcome(int ExitCode, string Output, string Errors);
