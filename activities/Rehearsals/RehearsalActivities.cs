using System.Globalization;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Reports;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Activities;

namespace Orchestrator.Activities.Rehearsals;

/// <summary>What a rehearsal needs beyond the batches: clones, fingerprints, a report.</summary>
public sealed class RehearsalActivities(StepSites sites, Databases databases, TimeProvider time) : IRehearsalActivities
{
    [Activity]
    public Task CloneAsync(RunReference rehearsal) => EachAsync(rehearsal, async (plan, database, cancel) =>
    {
        var clone = await FindCloneAsync(plan, rehearsal, database, cancel);
        await clone.MakeAsync(cancel);
    });

    [Activity]
    public Task TakeFingerprintAsync(FingerprintRequest request) => EachAsync(request.Rehearsal, async (plan, database, cancel) =>
        await Fingerprints.TakeAsync(await databases.TargetAsync(plan, request.Rehearsal.Environment, database, cancel), request.Label, cancel));

    [Activity]
    public async Task<FingerprintComparison> CompareFingerprintsAsync(ComparisonRequest request)
    {
        var (schema, data) = (new List<string>(), new List<string>());
        await EachAsync(request.Rehearsal, async (plan, database, cancel) =>
        {
            var target = await databases.TargetAsync(plan, request.Rehearsal.Environment, database, cancel);
            foreach (var difference in await Fingerprints.CompareAsync(target, request.Before, request.After, cancel))
            {
                (difference.Kind == "schema" ? schema : data).Add($"{database}: {Describe(difference)}");
            }
        });
        return new FingerprintComparison(schema, data);
    }

    [Activity]
    public Task<IReadOnlyList<Artifact>> ReportRehearsalAsync(RehearsalFindings findings) => ActivityFailures.TranslateAsync(async () =>
    {
        var cancel = ActivityExecutionContext.Current.CancellationToken;
        var run = findings.Rehearsal;
        var (_, plan) = await sites.ReadPlanAsync(run.Plan, cancel);
        var report = await new RehearsalReportBuilder(databases, plan).BuildAsync(findings, cancel);
        var stem = $"rehearsal/{plan.Name}/{findings.At.ToString("yyyyMMdd'T'HHmmss.fff'Z'", CultureInfo.InvariantCulture)}";
        var artifacts = await new ArtifactShelf(databases).KeepAsync(
            run.Run,
            null,
            [($"{stem}.json", ReportJson.Write(report)), ($"{stem}.md", RehearsalPage.Markdown(report)), ($"{stem}.html", RehearsalPage.Html(report))],
            cancel);
        var row = new RehearsalRow(run.Run, run.Plan, run.Environment, findings.Passed ? "pass" : "fail", $"{stem}.json");
        await RehearsalRuns.RecordAsync(await databases.LedgerAsync(cancel), row, cancel);
        return artifacts;
    });

    [Activity]
    public Task DropClonesAsync(RunReference rehearsal) => EachAsync(rehearsal, async (plan, database, cancel) =>
    {
        await databases.ForgetAsync(plan, rehearsal.Environment, database, cancel);
        var clone = await FindCloneAsync(plan, rehearsal, database, cancel);
        await clone.DropAsync(cancel);
    });

    private async Task<Clone> FindCloneAsync(MigrationPlan plan, RunReference rehearsal, string database, CancellationToken cancel)
    {
        var original = EnvironmentName.Parse(rehearsal.Environment).Name;
        var source = await databases.TargetConnectionAsync(plan, original, database, cancel);
        // Our own sessions are the first ones in the way of a template.
        await databases.ForgetAsync(plan, original, database, cancel);
        return new Clone(source, Databases.CloneName(plan, rehearsal.Environment, database), databases.Settings.ReadVariable);
    }

    private Task EachAsync(RunReference rehearsal, Func<MigrationPlan, string, CancellationToken, Task> act) => ActivityFailures.TranslateAsync(async () =>
    {
        var activity = ActivityExecutionContext.Current;
        await using var pulse = new Pulse(activity, time);
        var (_, plan) = await sites.ReadPlanAsync(rehearsal.Plan, activity.CancellationToken);
        foreach (var database in plan.Databases)
        {
            await act(plan, database, activity.CancellationToken);
        }
    });

    private static string Describe(PrintDifference difference) => (difference.Before, difference.After) switch
    {
        (null, _) => $"{difference.Name} was not there before",
        (_, null) => $"{difference.Name} is gone",
        _ => $"{difference.Name} was '{Cut(difference.Before)}', is '{Cut(difference.After)}'",
    };

    private static string Cut(string text) => text.Length <= 200 ? text : text[..200];
}
