using System.CommandLine;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows.Contracts;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator watch</c>: the same as status, as it changes, until the program ends or the person leaves.</summary>
internal static class WatchCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ResizeSeen = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var program = SharedOptions.Program();
        var json = SharedOptions.Json();
        var command = new Command("watch", "Follows a program without taking part in it. Ctrl-C leaves it as it is.") { program, json };
        Scene.SetAction(command, json, (parsed, scene, cancel) => WatchAsync(scene, parsed.GetValue(program), cancel));
        return command;
    }

    private static async Task<ExitCode> WatchAsync(Scene scene, string? named, CancellationToken cancel)
    {
        var program = await ProgramFinder.FindAsync(scene.Line.Client, named, cancel);
        try
        {
            var outcome = scene.Json || !IsScreen() ? await FollowAsync(scene, program, cancel) : await DrawAsync(scene, program, cancel);
            return outcome is null ? ExitCode.Detached : RunCommand.ExitCodeOf(outcome);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            await scene.Error.WriteLineAsync($"Detached. To come back: orchestrator watch {program.Id}");
            return ExitCode.Detached;
        }
    }

    private static bool IsScreen() => !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb");

    private static async Task<ProgramOutcome?> FollowAsync(Scene scene, ProgramEntry program, CancellationToken cancel)
    {
        IFollowView view = scene.Json ? new JsonView(scene.Output, TimeProvider.System) : new TextView(scene.Output, TimeProvider.System, terminal: false);
        var outcome = await new ProgramFollower(scene.Line, program.Id, view, approver: null, TimeProvider.System).FollowAsync(cancel);
        if (outcome is not null)
        {
            view.Show(new FollowEvent(FollowKind.Outcome, outcome.Batch, program.Id, outcome.Outcome.ToString(), $"{Words.Of(outcome.Outcome)}{(outcome.Reason is null ? "" : $": {outcome.Reason}")}"));
        }

        return outcome;
    }

    private static async Task<ProgramOutcome?> DrawAsync(Scene scene, ProgramEntry program, CancellationToken cancel)
    {
        using var screen = new TreeScreen(scene.Output, TreeScreen.TerminalSize);
        var tree = new LiveTree(program.Id);
        var heard = "";
        // On the error stream it would be written across the screen.
        scene.Say = sentence => heard = $" {sentence}";
        ProgramLook? last = null;
        while (true)
        {
            var hint = "Ctrl-C leaves; the program goes on.";
            try
            {
                last = await ProgramLook.TakeAsync(scene.Line.Client, program.Id, last, cancel);
                heard = "";
                hint = last.Program.Outcome is null ? hint : "";
            }
            catch (Exception e) when (e is RpcException or WorkflowQueryFailedException && !cancel.IsCancellationRequested)
            {
                hint = $"No answer from the program; is a worker running? ({e.Message}){heard}";
            }

            var lines = tree.Lines(last, hint, TimeProvider.System.GetUtcNow());
            screen.Show(lines);
            if (last?.Program.Outcome is { } outcome)
            {
                return outcome;
            }

            await RestAsync(screen, lines, cancel);
        }
    }

    /// <summary>A terminal that is made wider or narrower meanwhile does not wait for the next look.</summary>
    private static async Task RestAsync(TreeScreen screen, IReadOnlyList<string> lines, CancellationToken cancel)
    {
        for (var rested = TimeSpan.Zero; rested < Interval; rested += ResizeSeen)
        {
            await Task.Delay(ResizeSeen, cancel);
            screen.Show(lines);
        }
    }
}
