using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class SumParity
{
    public static async Task<Measurement> MeasureAsync(SumParityCheck check, CheckSite site, CancellationToken cancel)
    {
        var hereSql = SumSql(check.Table, check.Column, check.Where);
        var thereSql = SumSql(check.Other.Table, check.OtherColumn, check.Other.Where);
        var (here, there) = await BothSides.AskAsync(site, check.Database, hereSql, check.Other.Database, thereSql, cancel);
        var rule = new Rule(Comparison.Equal, there, check.Tolerance);
        return Measurement.Of(rule, here, $"{Measurement.Text(here)} here, {Measurement.Text(there)} there");
    }

    private static string SumSql(string table, string column, string? where)
    {
        var (tableName, columnName, whereSql) = (Names.Table(table), Names.Column(column), Names.Where(where));
        return $"select coalesce(sum({columnName}), 0)::numeric from {tableName}{whereSql}";
    }
}
