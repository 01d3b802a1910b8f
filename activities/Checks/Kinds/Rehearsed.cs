using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Rehearsed
{
    public static async Task<Measurement> MeasureAsync(RehearsedCheck check, CheckSite site, CancellationToken cancel)
    {
        if (EnvironmentName.Parse(site.Run.Environment).IsRehearsal)
        {
            return Measurement.Pass("this is the rehearsal");
        }

        if (await RehearsalRuns.FindAsync(await site.Databases.LedgerAsync(cancel), site.Run.Plan, cancel) is not { } found)
        {
            return Measurement.Fail("never", "This plan, as it is, has never been rehearsed: run 'orchestrator rehearse'.");
        }

        var measured = $"{found.Verdict} on {found.Environment}, {found.Report}";
        if (found.Verdict != "pass")
        {
            return Measurement.Fail(measured, "The last rehearsal did not pass.");
        }

        return site.Time.GetUtcNow() - found.FinishedAt <= check.Within
            ? Measurement.Pass(measured)
            : Measurement.Fail(measured, $"The last rehearsal was at {found.FinishedAt:yyyy-MM-dd HH:mm} UTC.");
    }
}
