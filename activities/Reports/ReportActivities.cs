using System.Globalization;
using System.Text;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Activities;

namespace Orchestrator.Activities.Reports;

/// <summary>Writes reports: into the ledger always, and as files where the worker has a folder for them.</summary>
public sealed class ReportActivities(StepSites sites, Databases databases) : IReportActivities
{
    [Activity]
    public Task<IReadOnlyList<Artifact>> ReportAsync(ReportRequest request) => ActivityFailures.TranslateAsync(
        () => ReportAsync(request, ActivityExecutionContext.Current.CancellationToken));

    internal async Task<IReadOnlyList<Artifact>> ReportAsync(ReportRequest request, CancellationToken cancel)
    {
        var (_, plan) = await sites.ReadPlanAsync(request.Run.Plan, cancel);
        var report = await new ReportBuilder(databases, plan, request.Run).BuildAsync(request.Batch, request.At, cancel);
        var stem = Stem(plan, request);
        ArtifactRow[] written =
        [
            Row($"{stem}.json", ReportJson.Write(report)),
            Row($"{stem}.md", ReportMarkdown.Write(report)),
            Row($"{stem}.html", ReportHtml.Write(report)),
        ];
        var ledger = await databases.LedgerAsync(cancel);
        await Artifacts.RecordAsync(ledger, request.Run.Run, request.Batch, written, cancel);
        var kept = await Artifacts.ReadAsync(ledger, request.Run.Run, [.. written.Select(a => a.Path)], cancel);
        WriteFile(Row("schema/recon-1.json", ReportJson.Schema()));
        return [.. kept.Select(artifact => new Artifact(artifact.Path, artifact.Digest, WriteFile(artifact)))];
    }

    private static string Stem(MigrationPlan plan, ReportRequest request)
    {
        var time = request.At.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        return request.Batch is { } batch ? $"recon/{batch}/{time}" : $"program/{plan.Name}/{time}";
    }

    private static ArtifactRow Row(string path, string content) => new(path, PlanCanon.DigestOf(content), content);

    /// <summary>Where the file is; null where the worker keeps none.</summary>
    private string? WriteFile(ArtifactRow artifact)
    {
        if (databases.Settings.Reports is not { } folder)
        {
            return null;
        }

        var path = Path.Combine(folder, artifact.Path);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            // Whole or not at all: a reader must never see half a report.
            File.WriteAllText($"{path}.part", artifact.Content, new UTF8Encoding(false));
            File.Move($"{path}.part", path, overwrite: true);
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The ledger has it; a full disk must not stop a migration, and the absent path tells people.
            return null;
        }
    }
}
