using System.CommandLine;
using Orchestrator.Cli.Programs;
using Orchestrator.Cli.Rendering;
using Orchestrator.Cli.Rendering.Documents;

namespace Orchestrator.Cli.Commands;

/// <summary><c>orchestrator report</c>: what the ledger knows of a run, also long after Temporal has forgotten it.</summary>
internal static class ReportCommand
{
    private const int MostRuns = 100;

    public static Command Create()
    {
        var program = SharedOptions.Program();
        var html = new Option<bool>("--html") { Description = "HTML instead of Markdown." };
        var target = SharedOptions.Out();
        var json = SharedOptions.Json();
        var runs = new Option<int>("--runs") { Description = "How many runs, the newest first.", DefaultValueFactory = _ => 1 };
        var command = new Command("report", "Writes what happened in the last runs of a program: batches, checks, decisions. A rollback is a run of its own.") { program, runs, html, target, json };
        Scene.SetAction(command, json, async (parsed, scene, cancel) =>
        {
            var reports = await RunFinder.FindAsync(await scene.LedgerAsync(cancel), parsed.GetValue(program), Math.Clamp(parsed.GetValue(runs), 1, MostRuns), cancel);
            if (scene.Json)
            {
                JsonOutput.Write(scene.Output, new { Runs = reports });
                return ExitCode.Done;
            }

            var document = RunReportText.Of(reports);
            var text = parsed.GetValue(html) ? document.ToHtml() : document.ToMarkdown();
            if (parsed.GetValue(target) is { } file)
            {
                await File.WriteAllTextAsync(file, text, cancel);
            }
            else
            {
                await scene.Output.WriteAsync(text);
            }

            return ExitCode.Done;
        });
        return command;
    }
}
