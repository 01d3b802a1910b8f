using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Duplicates
{
    public static async Task<Measurement> MeasureAsync(DuplicatesCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var (tableName, whereSql) = (Names.Table(check.Table), Names.And(check.Where));
        var columnsSql = Names.Columns(check.Columns);
        var presentSql = string.Join(" and ", check.Columns.Select(column => $"{Names.Column(column)} is not null"));
        return Measurement.Of(await look.RowsAsync(
            $"""
            select {columnsSql}, count(*) as rows
            from {tableName}
            where {presentSql}{whereSql}
            group by {columnsSql}
            having count(*) > 1
            order by count(*) desc
            """,
            cancel));
    }
}
