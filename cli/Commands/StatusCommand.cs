using System.CommandLine;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator status</c>: what runs, what waits, and for whom.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var program = SharedOptions.Program();
        var json = SharedOptions.Json();
        var all = new Option<bool>("--all") { Description = "List every program instead of showing one." };
        var command = new Command("status", "Shows a program at this moment: batches, steps, decisions, and for whom it waits.") { program, all, json };
        Scene.SetAction(command, json, (parsed, scene, cancel) => parsed.GetValue(all)
            ? ListAsync(scene, cancel)
            : ShowAsync(scene, parsed.GetValue(program), cancel));
        return command;
    }

    private static async Task<ExitCode> ListAsync(Scene scene, CancellationToken cancel)
    {
        var programs = await ProgramFinder.ListAsync(scene.Line.Client, cancel);
        await scene.TellAsync(
            new { Programs = programs.Select(p => new { p.Id, p.Status, p.StartedAt, p.ClosedAt }) },
            programs.Count == 0
                ? ["No program has been run here."]
                : programs.Select(p => $"{p.StartedAt:yyyy-MM-dd HH:mm} UTC  {p.Status.ToString().ToLowerInvariant(),-12} {p.Id}"));
        return ExitCode.Done;
    }

    private static async Task<ExitCode> ShowAsync(Scene scene, string? named, CancellationToken cancel)
    {
        var program = await ProgramFinder.FindAsync(scene.Line.Client, named, cancel);
        var look = await scene.PatientlyAsync(ProgramLook.TakeAsync(scene.Line.Client, program.Id, null, cancel), "a worker to answer for the program", cancel);
        await scene.TellAsync(
            new { program.Id, program.Status, look.Program, look.Batches, look.Progress, look.Trouble },
            StatusTree.Render(look, look.Progress is { } progress ? new Pace().Describe(progress) : null)
                .Prepend($"{program.Id}  {program.Status.ToString().ToLowerInvariant()} since {program.StartedAt:yyyy-MM-dd HH:mm} UTC"));
        return ExitCode.Done;
    }
}
