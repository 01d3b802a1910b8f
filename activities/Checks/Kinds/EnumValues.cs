using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class EnumValues
{
    public static async Task<Measurement> MeasureAsync(EnumCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var actual = (await look.QueryAsync<string>(
            "select enumlabel::text from pg_enum where enumtypid = to_regtype(@Type) order by enumsortorder",
            new { Type = Names.Table(check.Type).ToString() },
            cancel)).ToList();
        if (actual.Count == 0)
        {
            return Measurement.Fail("no such type", $"There is no enum type {check.Type}.");
        }

        return Measurement.OfDifferences(string.Join(",", actual), Differences(check.Values, actual));
    }

    internal static IReadOnlyList<string> Differences(IReadOnlyList<string> wanted, IReadOnlyList<string> actual)
    {
        List<string> differences = [.. wanted.Except(actual).Select(v => $"{v} is missing"), .. actual.Except(wanted).Select(v => $"{v} is not among the stated values")];
        return differences.Count == 0 && !wanted.SequenceEqual(actual) ? ["the values are in another order"] : differences;
    }
}
