using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class ZeroRows
{
    public static async Task<Measurement> MeasureAsync(ZeroRowsCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        return Measurement.Of(await look.RowsAsync(SqlStatements.Split(check.Query.Text)[0].Text, cancel));
    }
}
