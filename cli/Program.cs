using System.CommandLine;
using Orchestrator.Cli.Commands;

namespace Orchestrator.Cli;

internal static class Program
{
    // Of temporal-dev's client; the official one has no such switch.
    private const string HoldSwitch = "Temporalio.Client.HoldCaller";

    // Longer than the slowest piece of the laptop stack takes to stop cleanly.
    private static readonly TimeSpan TimeToEnd = TimeSpan.FromMinutes(1);

    // They ask, tell, and end.
    private static readonly string[] Short = ["status", "decide", "pause", "resume", "abort", "retry", "skip", "tune"];

    private static readonly OrderedDictionary<string, Func<Command>> Makers = new()
    {
        ["run"] = RunCommand.Create,
        ["rehearse"] = RehearseCommand.Create,
        ["up"] = UpCommand.Create,
        ["status"] = StatusCommand.Create,
        ["watch"] = WatchCommand.Create,
        ["decide"] = DecideCommand.Create,
        ["pause"] = SteerCommands.Pause,
        ["resume"] = SteerCommands.Resume,
        ["abort"] = SteerCommands.Abort,
        ["retry"] = RetryCommand.Create,
        ["skip"] = SteerCommands.Skip,
        ["tune"] = TuneCommand.Create,
        ["rollback"] = RollbackCommand.Create,
        ["plan"] = PlanCommand.Create,
        ["report"] = ReportCommand.Create,
        ["ledger"] = LedgerCommand.Create,
        ["unmapped"] = UnmappedCommand.Create,
        ["approver"] = ApproverCommand.Create,
        ["completion"] = CompletionCommand.Create,
        ["database"] = PieceCommands.Database,
        ["service"] = PieceCommands.Service,
        ["worker"] = PieceCommands.Worker,
    };

    public static IReadOnlyList<string> Verbs => Makers.Keys;

    public static Task<int> Main(string[] arguments)
    {
        AppContext.SetSwitch(HoldSwitch, arguments is [var verb, ..] && Short.Contains(verb));
        return RunAsync(arguments, new InvocationConfiguration { ProcessTerminationTimeout = TimeToEnd });
    }

    public static async Task<int> RunAsync(string[] arguments, InvocationConfiguration configuration)
    {
        var parsed = Commands(arguments).Parse(arguments);
        var exit = await parsed.InvokeAsync(configuration);
        return parsed.Errors.Count > 0 ? (int)ExitCode.Usage : exit;
    }

    public static Command? Create(string verb) => Makers.TryGetValue(verb, out var make) ? make() : null;

    // Setting up the options of every verb takes longer than what most of them have to ask.
    private static RootCommand Commands(string[] arguments)
    {
        var root = new RootCommand("Runs staged database migrations that survive everything and can be taken back.");
        if (arguments is [var verb, ..] && Create(verb) is { } named)
        {
            root.Add(named);
            return root;
        }

        foreach (var make in Makers.Values)
        {
            root.Add(make());
        }

        return root;
    }
}
