using System.CommandLine;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows.Contracts;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator watch</c>: the same as status, as it changes, until the program ends or the person leaves.</summary>
internal static class WatchCommand
{
    private const string Leaves = "Ctrl-C leaves; the program goes on.";

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
        ProgramLook? last = null;
        var hint = Leaves;
        // On the error stream it would be written across the screen.
        scene.Say = sentence => hint = sentence;
        try
        {
            while (true)
            {
                var looking = LookAsync();
                await ShowWhileAsync(looking);
                hint = await looking ?? Leaves;
                if (last?.Program.Outcome is { } outcome)
                {
                    return outcome;
                }

                await ShowWhileAsync(Task.Delay(Interval, cancel));
            }
        }
        finally
        {
            screen.Show(tree.Lines(last, "", TimeProvider.System.GetUtcNow()));
        }

        async Task<string?> LookAsync()
        {
            try
            {
                last = await ProgramLook.TakeAsync(scene.Line.Client, program.Id, last, cancel);
                return null;
            }
            catch (Exception e) when (e is RpcException or WorkflowQueryFailedException && !cancel.IsCancellationRequested)
            {
                return $"No answer from the program; is a worker running? ({e.Message})";
            }
        }

        // Whatever it waits for: what the stack says and a terminal that is made wider or narrower are shown meanwhile.
        async Task ShowWhileAsync(Task waiting)
        {
            do
            {
                screen.Show(tree.Lines(last, hint, TimeProvider.System.GetUtcNow()));
            }
            // Without the token: what is waited for has it.
            while (await Task.WhenAny(waiting, Task.Delay(ResizeSeen, CancellationToken.None)) != waiting);

            await waiting;
        }
    }
}
