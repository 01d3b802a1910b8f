using System.CommandLine;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Status;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator rollback PROGRAM --batch B</c>: takes a finished batch back, while no later one stands on it.</summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        var program = SharedOptions.Program();
        var batch = new Option<string>("--batch", "-b") { Description = "Which batch.", Required = true };
        var reason = new Option<string>("--reason", "-r") { Description = "Why; it goes into the ledger.", Required = true };
        var who = SharedOptions.Who();
        var json = SharedOptions.Json();
        var command = new Command("rollback", "Takes a finished batch back, last step first, while no later batch stands on it.") { program, batch, reason, who, json };
        Scene.SetAction(command, json, (parsed, scene, cancel) =>
            RollBackAsync(scene, parsed.GetValue(program), parsed.GetRequiredValue(batch), parsed.GetRequiredValue(who), parsed.GetRequiredValue(reason), cancel));
        return command;
    }

    private static async Task<ExitCode> RollBackAsync(Scene scene, string? named, string batch, string who, string reason, CancellationToken cancel)
    {
        var program = await ProgramFinder.FindAsync(scene.Line.Client, named, cancel);
        var look = await scene.PatientlyAsync(ProgramLook.TakeAsync(scene.Line.Client, program.Id, null, cancel), "a worker to answer for the program", cancel);
        if (BatchFinder.Choose(look, batch) is { Status.Outcome: null })
        {
            throw new RefusedException($"The batch '{batch}' is being run; 'abort' stops it and takes it back.");
        }

        var input = new BatchInput { Plan = look.Program.Digest, Environment = look.Program.Environment, Batch = batch, Requester = who, Rollback = reason };
        var id = WorkflowIds.Rollback(WorkflowIds.Batch(program.Id, batch));
        await scene.Line.PersistAsync(
            (client, leaving) => client.StartWorkflowAsync(
                (BatchWorkflow workflow) => workflow.RunAsync(input),
                new WorkflowOptions(id, WorkflowIds.TaskQueue)
                {
                    IdConflictPolicy = WorkflowIdConflictPolicy.UseExisting,
                    StaticSummary = $"Take '{batch}' back: {reason}",
                    Rpc = new() { CancellationToken = leaving },
                }),
            TimeSpan.FromSeconds(30),
            cancel);
        var outcome = await FollowAsync(scene, id, cancel);
        Tell(scene, program.Id, batch, outcome);
        return outcome.Outcome switch
        {
            Outcome.Undone => ExitCode.Done,
            Outcome.Refused => ExitCode.Refused,
            _ => ExitCode.Failed,
        };
    }

    /// <summary>Tells what is taken back until the end; a failed undo waits for a person, and this with it.</summary>
    private static async Task<BatchOutcome> FollowAsync(Scene scene, string id, CancellationToken cancel)
    {
        IFollowView view = scene.Json ? new JsonView(scene.Output, TimeProvider.System) : new TextView(scene.Output, TimeProvider.System, terminal: false);
        var end = scene.Line.PersistAsync(
            (client, leaving) => client.GetWorkflowHandle<BatchWorkflow, BatchOutcome>(id).GetResultAsync(rpcOptions: new() { CancellationToken = leaving }),
            Timeout.InfiniteTimeSpan,
            cancel);
        BatchStatus? before = null;
        while (!end.IsCompleted)
        {
            before = await LookAsync(scene, id, before, view, cancel);
            await Task.WhenAny(end, Task.Delay(TimeSpan.FromMilliseconds(300), cancel));
            cancel.ThrowIfCancellationRequested();
        }

        var outcome = await end;
        await LookAsync(scene, id, before, view, cancel);
        return outcome;
    }

    private static async Task<BatchStatus?> LookAsync(Scene scene, string id, BatchStatus? before, IFollowView view, CancellationToken cancel)
    {
        var now = await scene.PatientlyAsync(
            scene.Line.PersistAsync(
                (client, leaving) => client.GetWorkflowHandle<BatchWorkflow>(id).QueryAsync(b => b.Status, new() { Rpc = new() { CancellationToken = leaving } }),
                Timeout.InfiniteTimeSpan,
                cancel),
            "a worker to answer for the rollback",
            cancel);
        foreach (var happened in StatusDiff.Between(before, now))
        {
            view.Show(happened);
        }

        return now;
    }

    private static void Tell(Scene scene, string program, string batch, BatchOutcome outcome)
    {
        if (scene.Json)
        {
            JsonOutput.Write(scene.Output, new { Program = program, Batch = batch, outcome.Outcome, outcome.Reason });
        }
        else
        {
            scene.Output.WriteLine(outcome.Outcome switch
            {
                Outcome.Undone => $"'{batch}' is taken back.",
                Outcome.Refused => outcome.Reason,
                _ => $"'{batch}' is not wholly taken back: {outcome.Reason}",
            });
        }
    }
}
