using System.CommandLine;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Cli.Embedded;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator rehearse PLAN</c>: the whole program on a clone, forward, back and forward again.</summary>
internal static class RehearseCommand
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var folder = new Argument<string>("plan") { Description = "The folder with plan.yaml." };
        var environment = new Option<string>("--environment", "-e") { Description = "Which of the plan's environments is cloned.", DefaultValueFactory = _ => "local" };
        var json = new Option<bool>("--json") { Description = "One JSON object a line." };
        var command = new Command("rehearse", "Runs a plan on a clone, takes it back and runs it again, and measures which locks it takes.") { folder, environment, json };
        command.SetAction(async (parsed, cancel) => (int)await RunAsync(
            new RunOptions
            {
                Folder = parsed.GetRequiredValue(folder),
                Environment = parsed.GetRequiredValue(environment),
                Who = Environment.UserName,
                Yes = false,
                Json = parsed.GetValue(json),
                Again = true,
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancel));
        return command;
    }

    private static async Task<ExitCode> RunAsync(RunOptions options, TextWriter output, TextWriter error, CancellationToken cancel)
    {
        if (RunCommand.ReadPlan(options, error) is not { } plan)
        {
            return ExitCode.Usage;
        }

        var view = RunCommand.ViewOf(options, output);
        try
        {
            await using var stack = await Stack.StartAsync(StackChoice.From(Environment.GetEnvironmentVariable), error.WriteLine, cancel);
            var rehearsing = RehearseAsync(stack, plan, options, view, cancel);
            await await Task.WhenAny(rehearsing, stack.Supervision);
            var outcome = await rehearsing;
            view.Show(new FollowEvent(FollowKind.Outcome, null, null, outcome.Passed ? "Pass" : "Fail", outcome.Passed ? "The rehearsal passed." : "The rehearsal failed."));
            return outcome.Passed ? ExitCode.Done : ExitCode.Failed;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await error.WriteLineAsync("Detached. The rehearsal goes on where its worker does, and drops its clone at its end.");
            return ExitCode.Detached;
        }
        catch (Exception e) when (e is StackException or RefusalException or NpgsqlException or RpcException or WorkflowFailedException)
        {
            await error.WriteLineAsync(Words.Innermost(e));
            return ExitCode.Failed;
        }
    }

    private static async Task<RehearsalOutcome> RehearseAsync(Stack stack, MigrationPlan plan, RunOptions options, IFollowView view, CancellationToken cancel)
    {
        var digest = await RunCommand.PublishAsync(stack.Addresses.Ledger, plan, cancel);
        var line = new TemporalLine(() => stack.Addresses, TimeProvider.System);
        await line.ConnectAsync();
        var id = $"{WorkflowIds.Program(plan.Name, options.Environment, digest)}/rehearsal";
        var input = new ProgramInput { Plan = digest, Environment = options.Environment, Requester = options.Who };
        await line.PersistAsync(
            async (client, leaving) => await client.StartWorkflowAsync(
                (RehearsalWorkflow rehearsal) => rehearsal.RunAsync(input),
                new WorkflowOptions(id, WorkflowIds.TaskQueue)
                {
                    // Two rehearsals of one plan would tell the same; the second command follows the first.
                    IdConflictPolicy = Temporalio.Api.Enums.V1.WorkflowIdConflictPolicy.UseExisting,
                    StaticSummary = $"Rehearsal of {plan.Title}",
                    Rpc = new() { CancellationToken = leaving },
                }),
            StartPatience,
            cancel);
        view.Show(new FollowEvent(FollowKind.Note, null, id, "Start", $"{plan.Title}: rehearsing as {id}"));
        var outcome = await new RehearsalFollower(line, id, view, TimeProvider.System).FollowAsync(cancel);
        if (StatusDiff.Page([], outcome.Artifacts) is { } page)
        {
            view.Show(page);
        }

        return outcome;
    }
}
