using System.CommandLine;
using Orchestrator.Cli.Programs;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Cli.Commands;

/// <summary>Changes a step that moves rows while it runs; the transfer itself answers.</summary>
internal static class TuneCommand
{
    public static Command Create()
    {
        var program = SharedOptions.Program();
        var batch = SharedOptions.Batch();
        var who = SharedOptions.Who();
        var json = SharedOptions.Json();
        var chunk = new Option<int?>("--chunk-ms") { Description = "How many milliseconds a chunk should take." };
        var rate = new Option<int?>("--rate") { Description = "At most so many rows a second, over all lanes; 0 for no limit." };
        var lanes = new Option<int?>("--lanes") { Description = "How many ranges are worked off side by side." };
        var command = new Command("tune", "Changes the backfill or copy that runs, within two chunks.") { program, batch, chunk, rate, lanes, who, json };
        Scene.SetAction(command, json, (parsed, scene, cancel) => TuneAsync(
            scene,
            parsed.GetValue(program),
            parsed.GetValue(batch),
            new Tuning { Who = parsed.GetValue(who), ChunkMilliseconds = parsed.GetValue(chunk), RowsPerSecond = parsed.GetValue(rate), Lanes = parsed.GetValue(lanes) },
            cancel));
        return command;
    }

    private static async Task<ExitCode> TuneAsync(Scene scene, string? named, string? batch, Tuning tuning, CancellationToken cancel)
    {
        var program = await ProgramFinder.FindAsync(scene.Line.Client, named, cancel);
        var found = await BatchFinder.FindAsync(scene.Line.Client, program.Id, batch, cancel);
        var step = found.Status.Steps.FirstOrDefault(s => s.Phase == StepPhase.Running && s.Kind.MovesRows())
            ?? throw new RefusedException($"The batch '{found.Status.Batch}' moves no rows now.");
        // One id: asked again after a break of the line, it is still one request.
        var id = Guid.NewGuid().ToString("N");
        var asking = scene.Line.PersistAsync(
            (client, leaving) => client.GetWorkflowHandle<TransferWorkflow, StepEffect>(WorkflowIds.Step(found.WorkflowId, step.Id))
                .ExecuteUpdateAsync(t => t.RetuneAsync(tuning), new(id) { Rpc = new() { CancellationToken = leaving } }),
            Timeout.InfiniteTimeSpan,
            cancel);
        var answer = await scene.PatientlyAsync(asking, "a worker to answer for the transfer", cancel);
        await scene.TellAsync(new { Program = program.Id, found.Status.Batch, Step = step.Id, Answer = answer }, $"{program.Id}, {found.Status.Batch}, {step.Id}: {answer}");
        return ExitCode.Done;
    }
}
