using System.CommandLine;
using System.Text.Json;
using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator plan publish PLAN</c>: puts a plan into the ledger without running it, and says how a batch of it is started from the Temporal UI.</summary>
internal static class PlanPublishCommand
{
    public static Command Create()
    {
        var folder = SharedOptions.PlanFolder();
        var environment = new Option<string>("--environment", "-e") { Description = "Which of the plan's environments the inputs name.", DefaultValueFactory = _ => "local" };
        var who = SharedOptions.Who();
        var json = SharedOptions.Json();
        var command = new Command("publish", "Puts the plan into the ledger, and prints what starts each of its batches from the Temporal UI.") { folder, environment, who, json };
        command.SetAction(async (parsed, cancel) =>
        {
            var options = new RunOptions
            {
                Folder = parsed.GetRequiredValue(folder),
                Environment = parsed.GetRequiredValue(environment),
                Who = parsed.GetRequiredValue(who),
                Json = parsed.GetValue(json),
                Yes = false,
                Again = false,
            };
            return RunCommand.ReadPlan(options, parsed.InvocationConfiguration.Error) is { } plan
                ? await Scene.RunAsync(parsed, options.Json, scene => PublishAsync(scene, plan, options, cancel), cancel)
                : (int)ExitCode.Usage;
        });
        return command;
    }

    private static async Task<ExitCode> PublishAsync(Scene scene, MigrationPlan plan, RunOptions options, CancellationToken cancel)
    {
        var digest = await PublishedPlans.PublishAsync(await scene.LedgerAsync(cancel), plan, cancel);
        // The ids that a run of the whole plan gives them: so that a batch never runs alone and in a program at once.
        var program = WorkflowIds.Program(plan.Name, options.Environment, digest);
        var batches = BatchOrder.Sort(plan.Batches, b => b.Id, b => b.Needs)
            .Select(b => new
            {
                b.Id,
                WorkflowId = WorkflowIds.Batch(program, b.Id),
                Input = JsonSerializer.SerializeToElement(new { plan = digest, environment = options.Environment, batch = b.Id, requester = options.Who }),
            })
            .ToList();
        await scene.TellAsync(
            new { Plan = plan.Name, Digest = digest, WorkflowIds.TaskQueue, WorkflowType = nameof(BatchWorkflow), Batches = batches },
            [
                $"The ledger has '{plan.Name}' now: {digest}",
                $"A batch alone is started with task queue {WorkflowIds.TaskQueue}, workflow type {nameof(BatchWorkflow)}, and:",
                .. batches.SelectMany(b => (string[])[$"  {b.WorkflowId}", $"    {b.Input.GetRawText()}"]),
            ]);
        return ExitCode.Done;
    }
}
