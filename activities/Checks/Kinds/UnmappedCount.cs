using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class UnmappedCount
{
    public static async Task<Measurement> MeasureAsync(UnmappedCheck check, CheckSite site, CancellationToken cancel)
    {
        var database = await site.FindAsync(check.Database, cancel);
        var counts = await UnmappedQueue.CountAsync(database, site.Plan.Name, check.Step, cancel);
        return Measurement.Of(
            check.Rule, counts.Sum(c => c.Entries), counts.Count == 0 ? null : string.Join(", ", counts.Select(c => $"{c.Entries:N0} {c.Reason} of {c.Step}")));
    }
}
