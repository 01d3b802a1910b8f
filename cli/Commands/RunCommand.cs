using System.CommandLine;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Ledger;
using Orchestrator.Cli.Embedded;
using Orchestrator.Cli.Plans;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator run PLAN</c>: starts what is missing, starts the program or joins it, and follows it to its end.</summary>
internal static class RunCommand
{
    // For a service that dies at this very moment; one that stays away is said to be.
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var folder = new Argument<string>("plan") { Description = "The folder with plan.yaml." };
        var environment = new Option<string>("--environment", "-e") { Description = "Which of the plan's environments.", DefaultValueFactory = _ => "local" };
        var who = new Option<string?>("--as") { Description = "In whose name to ask and to decide; your user name if left out." };
        var yes = new Option<bool>("--yes") { Description = "Say go at every gate, as a demo approver. For demonstrations and tests." };
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var again = new Option<bool>("--again") { Description = "Run it once more although it is done." };
        var command = new Command("run", "Runs a plan: starts what is missing, follows the program, asks for its decisions.")
        {
            folder, environment, who, yes, json, again,
        };
        command.SetAction(async (parsed, cancel) => (int)await RunAsync(
            new RunOptions
            {
                Folder = parsed.GetRequiredValue(folder),
                Environment = parsed.GetRequiredValue(environment),
                Who = parsed.GetValue(who) ?? (parsed.GetValue(yes) ? RunOptions.DemoApprover : Environment.UserName),
                Yes = parsed.GetValue(yes),
                Json = parsed.GetValue(json),
                Again = parsed.GetValue(again),
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancel));
        return command;
    }

    private static async Task<ExitCode> RunAsync(RunOptions options, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        if (ReadPlan(options, error) is not { } plan)
        {
            return ExitCode.Usage;
        }

        var view = ViewOf(options, output);
        var embedded = false;
        try
        {
            await using var stack = await Stack.StartAsync(StackChoice.From(Environment.GetEnvironmentVariable), error.WriteLine, cancel);
            embedded = stack.IsEmbedded;
            var running = RunOnAsync(stack, plan, options, view, cancel);
            var first = await Task.WhenAny(running, stack.Supervision);
            await first;
            var exit = await running;
            if (exit == ExitCode.Detached)
            {
                SayDetached(view, options, embedded);
            }

            return exit;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            SayDetached(view, options, embedded);
            return ExitCode.Detached;
        }
        catch (Exception e) when (e is StackException or RefusalException or NpgsqlException or RpcException or WorkflowFailedException)
        {
            await error.WriteLineAsync(Words.Innermost(e));
            return ExitCode.Failed;
        }
    }

    private static async Task<ExitCode> RunOnAsync(Stack stack, MigrationPlan plan, RunOptions options, IFollowView view, CancellationToken cancel)
    {
        var digest = await PublishAsync(stack.Addresses.Ledger, plan, cancel);
        var line = new TemporalLine(() => stack.Addresses, TimeProvider.System);
        await line.ConnectAsync();
        var id = WorkflowIds.Program(plan.Name, options.Environment, digest);
        var input = new ProgramInput { Plan = digest, Environment = options.Environment, Requester = options.Who };
        var move = await line.PersistAsync((client, leaving) => ProgramStart.BeginAsync(client, id, input, options.Again, leaving), StartPatience, cancel);
        view.Show(new FollowEvent(FollowKind.Note, null, id, move.ToString(), Describe(move, plan, id)));
        if (move == StartMove.AlreadyDone)
        {
            return ExitCode.Done;
        }

        var approver = new Approver(line, view, options.Json && !Console.IsInputRedirected ? null : Console.In, options.Who, options.Yes);
        var outcome = await new ProgramFollower(line, id, view, approver, TimeProvider.System).FollowAsync(cancel);
        if (outcome is null)
        {
            return ExitCode.Detached;
        }

        view.Show(new FollowEvent(FollowKind.Outcome, outcome.Batch, id, outcome.Outcome.ToString(), Describe(outcome)));
        return ExitCodeOf(outcome);
    }

    internal static IFollowView ViewOf(RunOptions options, TextWriter output) => options.Json
        ? new JsonView(output, TimeProvider.System)
        : new TextView(output, TimeProvider.System, !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb"));

    internal static ExitCode ExitCodeOf(ProgramOutcome outcome) => outcome switch
    {
        { Outcome: Outcome.Done } => ExitCode.Done,
        { Outcome: Outcome.Undone, Cause: StopCause.NoGo or StopCause.Expired or StopCause.HardStop or StopCause.Aborted } => ExitCode.Undone,
        _ => ExitCode.Failed,
    };

    internal static MigrationPlan? ReadPlan(RunOptions options, TextWriter error)
    {
        var reading = PlanFolder.Read(options.Folder);
        foreach (var fault in reading.Faults)
        {
            error.WriteLine(fault);
        }

        if (reading.Plan is { } plan && plan.FindEnvironment(options.Environment) is null)
        {
            error.WriteLine($"The plan '{plan.Name}' has no environment '{options.Environment}'; it has {string.Join(", ", plan.Environments.Select(e => e.Name))}.");
            return null;
        }

        return reading.Plan;
    }

    internal static async Task<string> PublishAsync(string ledger, MigrationPlan plan, CancellationToken cancel)
    {
        await using var database = NpgsqlDataSource.Create(ledger);
        await LedgerSchema.EnsureAsync(database, cancel);
        return await PublishedPlans.PublishAsync(database, plan, cancel);
    }

    private static string Describe(StartMove move, MigrationPlan plan, string id) => move switch
    {
        StartMove.Start => $"{plan.Title}: started as {id}",
        StartMove.StartAgain => $"{plan.Title}: started again as {id}",
        StartMove.Attach => $"{plan.Title}: joined {id}, which is running",
        StartMove.AlreadyDone => $"{plan.Title}: {id} is done already. Nothing to do; --again runs it once more.",
        _ => throw new InvalidOperationException($"No words for {move}."),
    };

    private static string Describe(ProgramOutcome outcome)
    {
        var why = outcome.Reason is null ? "" : $" {outcome.Batch}: {outcome.Reason}";
        return outcome.Outcome switch
        {
            Outcome.Done => "Done.",
            Outcome.Undone => $"Not done; what this batch had done is taken back.{why}",
            Outcome.Refused => $"Refused before anything was done.{why}",
            Outcome.Failed => $"Failed.{why}",
            _ => throw new InvalidOperationException($"No words for {outcome.Outcome}."),
        };
    }

    private static void SayDetached(IFollowView view, RunOptions options, bool embedded)
    {
        var environment = options.Environment == "local" ? "" : $" --environment {options.Environment}";
        view.Show(new FollowEvent(
            FollowKind.Note, null, null, "Detached",
            $"Detached. The program {(embedded ? "rests" : "goes on")}; to come back: orchestrator run {options.Folder}{environment}"));
    }
}
