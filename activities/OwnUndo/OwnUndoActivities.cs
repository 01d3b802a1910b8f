using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Temporalio.Activities;

namespace Orchestrator.Activities.OwnUndo;

public sealed class OwnUndoActivities(StepSites sites, Databases databases, TimeProvider time) : IOwnUndoActivities
{
    [Activity]
    public Task<StepEffect> SeedAsync(StepReference step) => DoAsync(step);

    [Activity]
    public Task<StepEffect> SetFlagAsync(StepReference step) => DoAsync(step);

    [Activity]
    public Task<StepEffect> TryOutAsync(StepReference step) => DoAsync(step);

    private Task<StepEffect> DoAsync(StepReference reference) => ActivityFailures.TranslateAsync(async () =>
    {
        var activity = ActivityExecutionContext.Current;
        await using var pulse = new Pulse(activity, time);
        var site = await sites.FindAsync(reference, activity.CancellationToken);
        return await OwnUndoSteps.DoAsync(site, databases.Settings.ReadVariable, time, activity.CancellationToken);
    });
}
