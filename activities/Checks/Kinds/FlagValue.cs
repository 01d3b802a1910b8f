using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class FlagValue
{
    public static async Task<Measurement> MeasureAsync(FlagCheck check, CheckSite site, CancellationToken cancel)
    {
        var value = await Flags.ReadAsync(await site.FindAsync(check.Database, cancel), check.Flag, cancel);
        return value == check.Value ? Measurement.Pass(value) : Measurement.Fail(value, $"{check.Flag} is {value}.");
    }
}
