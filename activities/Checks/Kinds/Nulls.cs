using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Nulls
{
    public static async Task<Measurement> MeasureAsync(NullsCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var (tableName, whereSql) = (Names.Table(check.Table), Names.And(check.Where));
        var found = 0L;
        var columns = new List<string>();
        foreach (var column in check.Columns)
        {
            var columnName = Names.Column(column);
            var nulls = (long)(await look.ScalarAsync($"select count(*) from {tableName} where {columnName} is null{whereSql}", cancel))!;
            found += nulls;
            if (nulls > 0)
            {
                columns.Add($"{column} is null in {nulls:N0} rows");
            }
        }

        return Measurement.OfDifferences(Measurement.Text(found), columns);
    }
}
