using System.CommandLine;
using Orchestrator.Activities.Ledger;
using Orchestrator.Cli.Plans;
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
            var reports = await FindAsync(scene, parsed.GetValue(program), Math.Clamp(parsed.GetValue(runs), 1, MostRuns), cancel);
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

    /// <summary>By the parts of a program's id, by a plan's name, by its folder; or the newest of all.</summary>
    private static async Task<IReadOnlyList<LedgerReport>> FindAsync(Scene scene, string? named, int runs, CancellationToken cancel)
    {
        string?[] parts = named is null ? [null, null, null]
            : File.Exists(Path.Combine(named, PlanFolder.FileName)) ? [PlanFolder.Read(named).Plan?.Name ?? named, null, null]
            : [.. named.TrimEnd('/').Split('/').Concat([null, null, null]).Take(3)];
        var reports = await Reports.ListAsync(await scene.LedgerAsync(cancel), new ReportQuery(parts[0], parts[1], parts[2], runs), cancel);
        return reports.Count > 0 ? reports : throw new RefusedException($"The ledger has no run{(named is null ? "" : $" of '{named}'")}.");
    }
}
