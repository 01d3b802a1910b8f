using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Activities;

namespace Orchestrator.Activities.Backfill;

public sealed class BackfillActivities(StepSites sites, TimeProvider time) : IBackfillActivities
{
    [Activity]
    public Task<StepEffect> BackfillAsync(StepReference step) => ActivityFailures.TranslateAsync(async () =>
    {
        var activity = ActivityExecutionContext.Current;
        await using var pulse = new Pulse(activity, time);
        var site = await sites.FindAsync(step, activity.CancellationToken);
        return await RunAsync(site, progress => pulse.Report(progress), activity.CancellationToken);
    });

    internal static async Task<StepEffect> RunAsync(StepSite site, Action<BackfillProgress> report, CancellationToken cancel)
    {
        if (await Steps.OpenAsync(site.Database, site.Claim(Direction.Do), cancel) is not { } held)
        {
            return new StepEffect(Effect.Nothing, 0, "already done, 0 rows changed");
        }

        var progress = await new BackfillRunner(site.Database, (BackfillStep)site.Step, held).RunAsync(report, cancel);
        await Steps.FinishAsync(site.Database, held, cancel);
        return new StepEffect(Effect.Changed, progress.Rows, $"{progress.Rows:N0} rows in {progress.Chunks:N0} chunks");
    }
}
