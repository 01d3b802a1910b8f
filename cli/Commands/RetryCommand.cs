using System.CommandLine;
using System.Text;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Status;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator retry</c>: tries a failed undo again, as it is or with a script that was corrected.</summary>
internal static class RetryCommand
{
    public static Command Create()
    {
        var program = SharedOptions.Program();
        var batch = SharedOptions.Batch();
        var file = new Option<string?>("--undo-file", "-f") { Description = "Run this SQL file in the place of the undo files that have not run yet." };
        var reason = new Option<string?>("--reason", "-r") { Description = "Why; it goes into the ledger. A corrected script needs one." };
        var who = SharedOptions.Who();
        var json = SharedOptions.Json();
        var command = new Command("retry", "Tries an undo again that failed.") { program, batch, file, reason, who, json };
        Scene.SetAction(command, json, async (parsed, scene, cancel) =>
        {
            var steer = new Steer { Who = parsed.GetValue(who), Reason = parsed.GetValue(reason) };
            var correction = parsed.GetValue(file) is { } path ? Read(path, steer) : null;
            var found = await ProgramFinder.FindAsync(scene.Line.Client, parsed.GetValue(program), cancel);
            var waiting = await SteerCommands.FindWaitingAsync(scene, found, parsed.GetValue(batch), cancel);
            var answer = correction is null
                ? SteerCommands.SteerBatchAsync(scene, waiting, SteeringAct.Retry, steer, cancel)
                : CorrectAsync(scene, waiting, correction, cancel);
            await scene.PatientlyAsync(answer, "a worker to answer for the batch", cancel);
            await TellAsync(scene, found.Id, waiting.Status.Batch, correction);
            return ExitCode.Done;
        });
        return command;
    }

    private static UndoCorrection Read(string path, Steer steer)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
        {
            throw new RefusedException($"There is no file '{path}'.");
        }

        if (file.Length > UndoCorrection.MostBytes)
        {
            throw new RefusedException($"'{path}' is longer than {UndoCorrection.MostBytes / 1024} KB.");
        }

        try
        {
            var sql = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(File.ReadAllBytes(path));
            return new UndoCorrection { Who = steer.Who, Reason = steer.Reason, Path = file.Name, Sql = sql };
        }
        catch (DecoderFallbackException e)
        {
            throw new RefusedException($"'{path}' cannot be read as UTF-8 text: {e.Message}");
        }
    }

    private static Task<BatchStatus> CorrectAsync(Scene scene, FoundBatch batch, UndoCorrection correction, CancellationToken cancel)
    {
        // One id: asked again after a break of the line, it is still one request.
        var id = Guid.NewGuid().ToString("N");
        return scene.Line.PersistAsync(
            (client, leaving) => batch.Handle(client).ExecuteUpdateAsync(b => b.CorrectAsync(correction), new(id) { Rpc = new() { CancellationToken = leaving } }),
            Timeout.InfiniteTimeSpan,
            cancel);
    }

    private static Task TellAsync(Scene scene, string program, string batch, UndoCorrection? correction)
    {
        var digest = correction is null ? null : PlanCanon.DigestOf(correction.Sql!);
        var with = correction is null ? "" : $" with {correction.Path}, {digest![..12]}";
        return scene.TellAsync(
            new { Program = program, Batch = batch, Act = SteeringAct.Retry, correction?.Path, Digest = digest },
            $"{program}, {batch}: {Words.Of(SteeringAct.Retry)}{with}.");
    }
}
