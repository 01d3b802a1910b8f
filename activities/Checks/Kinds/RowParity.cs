using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class RowParity
{
    public static async Task<Measurement> MeasureAsync(RowParityCheck check, CheckSite site, CancellationToken cancel)
    {
        var (here, there) = await BothSides.AskAsync(
            site, check.Database, CountSql(check.Table, check.Where), check.Other.Database, CountSql(check.Other.Table, check.Other.Where), cancel);
        var rule = new Rule(Comparison.Equal, there, check.Tolerance);
        return Measurement.Of(rule, here, $"{here:N0} rows here, {there:N0} there");
    }

    private static string CountSql(string table, string? where)
    {
        var (tableName, whereSql) = (Names.Table(table), Names.Where(where));
        return $"select count(*)::numeric from {tableName}{whereSql}";
    }
}
