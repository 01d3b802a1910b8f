using System.Globalization;
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
        var shelf = new ArtifactShelf(databases);
        shelf.WriteFile("schema/recon-1.json", ReportJson.Schema());
        return await shelf.KeepAsync(
            request.Run.Run,
            request.Batch,
            [($"{stem}.json", ReportJson.Write(report)), ($"{stem}.md", ReportMarkdown.Write(report)), ($"{stem}.html", ReportHtml.Write(report))],
            cancel);
    }

    private static string Stem(MigrationPlan plan, ReportRequest request)
    {
        var time = request.At.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture);
        return request.Batch is { } batch ? $"recon/{batch}/{time}" : $"program/{plan.Name}/{time}";
    }
}
