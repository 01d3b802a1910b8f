using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Baseline
{
    public static async Task<Measurement> MeasureAsync(BaselineCheck check, CheckSite site, CancellationToken cancel)
    {
        var ledger = await site.Databases.LedgerAsync(cancel);
        var wanted = new BaselineQuery(site.Plan.Name, site.Run.Environment, check.Baseline, check.Window ?? TimeSpan.Zero);
        if (await Measurements.FindBaselineAsync(ledger, wanted, cancel) is not { } baseline)
        {
            return Measurement.Inconclusive($"'{check.Baseline}' has never been measured here{(check.Window is null ? "" : " within the window")}.");
        }

        await using var look = await site.LookAsync(check.Database, cancel);
        var (value, complaint) = await Scalar.NumberAsync(look, check.Query, cancel);
        return value is { } number ? Judge(check, number, baseline) : Measurement.Inconclusive(complaint);
    }

    internal static Measurement Judge(BaselineCheck check, decimal value, decimal baseline)
    {
        var words = $"now {Measurement.Text(value)}, before {Measurement.Text(baseline)}";
        if (check.Unit == DeltaUnit.Difference)
        {
            return Measurement.Of(check.Rule, value - baseline, words);
        }

        return baseline == 0
            ? Measurement.Inconclusive($"The baseline is 0, so there is no percentage of it ({words}).")
            : Measurement.Of(check.Rule, decimal.Round((value - baseline) / baseline * 100, 3), words);
    }
}
