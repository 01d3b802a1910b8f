using System.CommandLine;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Cli.Commands;

/// <summary>The verbs by which an operator steers: each is one update, answered by the workflow itself.</summary>
internal static class SteerCommands
{
    public static Command Pause() => OfProgram(SteeringAct.Pause, "pause", "Lets the running step finish its chunk and begins nothing more until 'resume'.", reasonRequired: false);

    public static Command Resume() => OfProgram(SteeringAct.Resume, "resume", "Goes on after 'pause'.", reasonRequired: false);

    public static Command Abort() => OfProgram(SteeringAct.Abort, "abort", "Stops the batch that runs and takes back what it has done.", reasonRequired: true);

    public static Command Skip() =>
        Create("skip", "Leaves an undo that failed as it is and takes back the rest.", reasonRequired: true, async (scene, target, steer, cancel) =>
        {
            var program = await ProgramFinder.FindAsync(scene.Line.Client, target.Program, cancel);
            var batch = await FindWaitingAsync(scene, program, target.Batch, cancel);
            await scene.PatientlyAsync(SteerBatchAsync(scene, batch, SteeringAct.Skip, steer, cancel), "a worker to answer for the batch", cancel);
            return Answer(scene, program.Id, batch.Status.Batch, SteeringAct.Skip);
        });

    private static Command OfProgram(SteeringAct act, string verb, string description, bool reasonRequired) =>
        Create(verb, description, reasonRequired, async (scene, target, steer, cancel) =>
        {
            var program = await ProgramFinder.FindAsync(scene.Line.Client, target.Program, cancel);
            RefuseClosed(program);
            var current = target.Batch is null ? await TryFindUndoingAsync(scene, program, cancel) : null;
            if (target.Batch is null && current is null)
            {
                await scene.PatientlyAsync(SteerProgramAsync(scene, program.Id, act, steer, cancel), "a worker to answer for the program", cancel);
                return Answer(scene, program.Id, null, act);
            }

            // What is being taken back is its batch's business: the program only waits for the end of it.
            var batch = current ?? await BatchFinder.FindAsync(scene.Line.Client, program.Id, target.Batch, cancel);
            await scene.PatientlyAsync(SteerBatchAsync(scene, batch, act, steer, cancel), "a worker to answer for the batch", cancel);
            return Answer(scene, program.Id, batch.Status.Batch, act);
        });

    private static Command Create(
        string verb, string description, bool reasonRequired, Func<Scene, Target, Steer, CancellationToken, Task<ExitCode>> act)
    {
        var program = SharedOptions.Program();
        var batch = SharedOptions.Batch();
        var reason = new Option<string?>("--reason", "-r") { Description = "Why; it goes into the ledger.", Required = reasonRequired };
        var who = SharedOptions.Who();
        var json = SharedOptions.Json();
        var command = new Command(verb, description) { program, batch, reason, who, json };
        Scene.SetAction(command, json, (parsed, scene, cancel) => act(
            scene,
            new Target(parsed.GetValue(program), parsed.GetValue(batch)),
            new Steer { Who = parsed.GetValue(who), Reason = parsed.GetValue(reason) },
            cancel));
        return command;
    }

    private static Task<ProgramStatus> SteerProgramAsync(Scene scene, string program, SteeringAct act, Steer steer, CancellationToken cancel)
    {
        // One id: asked again after a break of the line, it is still one request.
        var id = Guid.NewGuid().ToString("N");
        return scene.Line.PersistAsync(
            (client, leaving) => client.GetWorkflowHandle<ProgramWorkflow, ProgramOutcome>(program)
                .ExecuteUpdateAsync(p => p.SteerAsync(act, steer), new(id) { Rpc = new() { CancellationToken = leaving } }),
            Timeout.InfiniteTimeSpan,
            cancel);
    }

    internal static Task<BatchStatus> SteerBatchAsync(Scene scene, FoundBatch batch, SteeringAct act, Steer steer, CancellationToken cancel)
    {
        var id = Guid.NewGuid().ToString("N");
        return scene.Line.PersistAsync(
            (client, leaving) => batch.Handle(client).ExecuteUpdateAsync(b => b.SteerAsync(act, steer), new(id) { Rpc = new() { CancellationToken = leaving } }),
            Timeout.InfiniteTimeSpan,
            cancel);
    }

    /// <summary>The batch whose undo waits: of the program, or of a rollback that was asked for.</summary>
    internal static async Task<FoundBatch> FindWaitingAsync(Scene scene, ProgramEntry program, string? named, CancellationToken cancel)
    {
        var rollbacks = await RollbackFinder.ListOpenAsync(scene.Line.Client, program.Id, cancel);
        if (rollbacks.FirstOrDefault(b => named is null || b.Status.Batch == named) is { } rollback)
        {
            return rollback;
        }

        RefuseClosed(program);
        return await BatchFinder.FindAsync(scene.Line.Client, program.Id, named, cancel);
    }

    private static async Task<FoundBatch?> TryFindUndoingAsync(Scene scene, ProgramEntry program, CancellationToken cancel)
    {
        var look = await ProgramLook.TakeAsync(scene.Line.Client, program.Id, null, cancel);
        return look.Current is { Phase: BatchPhase.Undoing or BatchPhase.NeedsPerson } ? BatchFinder.Choose(look, null) : null;
    }

    private static void RefuseClosed(ProgramEntry program)
    {
        if (!program.IsOpen)
        {
            throw new RefusedException($"The program {program.Id} has ended.");
        }
    }

    private static ExitCode Answer(Scene scene, string program, string? batch, SteeringAct act)
    {
        if (scene.Json)
        {
            JsonOutput.Write(scene.Output, new { Program = program, Batch = batch, Act = act });
        }
        else
        {
            scene.Output.WriteLine($"{program}{(batch is null ? "" : $", {batch}")}: {Words.Of(act)}.");
        }

        return ExitCode.Done;
    }

    private sealed record Target(string? Program, string? Batch);
}
