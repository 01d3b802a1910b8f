using System.CommandLine;
using Orchestrator.Cli.Commands;

namespace Orchestrator.Cli;

internal static class Program
{
    // Longer than the slowest piece of the laptop stack takes to stop cleanly.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromMinutes(1);

    public static async Task<int> Main(string[] arguments)
    {
        var parsed = Commands().Parse(arguments);
        var exit = await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeToEnd });
        return parsed.Errors.Count > 0 ? (int)ExitCode.Usage : exit;
    }

    private static RootCommand Commands() => new("Runs staged database migrations that survive everything and can be taken back.")
    {
        RunCommand.Create(),
        UpCommand.Create(),
        PieceCommands.Database(),
        PieceCommands.Service(),
        PieceCommands.Worker(),
    };
}
