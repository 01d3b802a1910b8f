using System.CommandLine;
using Orchestrator.Cli.Commands;

namespace Orchestrator.Cli;

internal static class Program
{
    // Longer than the slowest piece of the laptop stack takes to stop cleanly.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromMinutes(1);

    public static Task<int> Main(string[] arguments) =>
        RunAsync(arguments, new InvocationConfiguration { ProcessTerminationTimeout = TimeToEnd });

    public static async Task<int> RunAsync(string[] arguments, InvocationConfiguration configuration)
    {
        var parsed = Commands().Parse(arguments);
        var exit = await parsed.InvokeAsync(configuration);
        return parsed.Errors.Count > 0 ? (int)ExitCode.Usage : exit;
    }

    private static RootCommand Commands() => new("Runs staged database migrations that survive everything and can be taken back.")
    {
        RunCommand.Create(),
        RehearseCommand.Create(),
        UpCommand.Create(),
        StatusCommand.Create(),
        WatchCommand.Create(),
        DecideCommand.Create(),
        SteerCommands.Pause(),
        SteerCommands.Resume(),
        SteerCommands.Abort(),
        RetryCommand.Create(),
        SteerCommands.Skip(),
        TuneCommand.Create(),
        RollbackCommand.Create(),
        PlanCommand.Create(),
        ReportCommand.Create(),
        LedgerCommand.Create(),
        UnmappedCommand.Create(),
        ApproverCommand.Create(),
        CompletionCommand.Create(),
        PieceCommands.Database(),
        PieceCommands.Service(),
        PieceCommands.Worker(),
    };
}
