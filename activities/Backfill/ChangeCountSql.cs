using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Backfill;

/// <summary>How many rows a mapping would write now: its own condition for writing, asked instead of done.</summary>
internal static class ChangeCountSql
{
    public static string Of(BackfillStep step)
    {
        var mapping = step.Into!;
        var (sourceTable, targetTable) = (Names.Table(step.Table), Names.Table(mapping.Table));
        var madeSql = string.Join(", ", mapping.Columns.Select(c => $"(\n{c.Expression}\n) as {Names.Column(c.Column)}"));
        var whereSql = Names.Where(mapping.Where);
        var sourceSql = $"(select {madeSql} from {sourceTable}{whereSql}) as made";
        if (mapping.Mode == WriteMode.Insert)
        {
            return $"select count(*) from {sourceSql}";
        }

        var isInPlace = mapping.Mode is WriteMode.Update or WriteMode.PreserveExisting && $"{sourceTable}" == $"{targetTable}";
        return isInPlace ? InPlace(mapping, $"{sourceTable}{whereSql}") : Beside(mapping, $"{targetTable}", sourceSql);
    }

    private static string InPlace(RowMapping mapping, string tableSql)
    {
        var others = mapping.Columns.Where(c => !mapping.Key.Contains(c.Column)).ToList();
        var heldSql = string.Join(", ", others.Select(c => $"{Names.Column(c.Column)} as {Old(c.Column)}, {Wanted(mapping, Names.Column(c.Column).ToString(), $"(\n{c.Expression}\n)")} as {New(c.Column)}"));
        var differsSql = Differs(others.Select(c => Old(c.Column)), others.Select(c => New(c.Column)));
        return $"select count(*) from (select {heldSql} from {tableSql}) as made where {differsSql}";
    }

    private static string Beside(RowMapping mapping, string targetSql, string sourceSql)
    {
        var others = mapping.Columns.Where(c => !mapping.Key.Contains(c.Column)).Select(c => Names.Column(c.Column).ToString()).ToList();
        var joinSql = string.Join(" and ", mapping.Key.Select(Names.Column).Select(c => $"held.{c} = made.{c}"));
        var missingSql = $"held.{Names.Column(mapping.Key[0])} is null";
        var differsSql = others.Count == 0 ? "false" : Differs(others.Select(c => $"held.{c}"), others.Select(c => Wanted(mapping, $"held.{c}", $"made.{c}")));
        var changesSql = mapping.Mode == WriteMode.Update ? $"not {missingSql} and {differsSql}" : $"{missingSql} or {differsSql}";
        return $"select count(*) from {sourceSql} left join {targetSql} as held on {joinSql} where {changesSql}";
    }

    private static string Wanted(RowMapping mapping, string heldSql, string madeSql) =>
        mapping.Mode == WriteMode.PreserveExisting ? $"coalesce({heldSql}, {madeSql})" : madeSql;

    private static string Differs(IEnumerable<string> left, IEnumerable<string> right) => $"({string.Join(", ", left)}) is distinct from ({string.Join(", ", right)})";

    private static string Old(string column) => Names.Column($"{column} (old)").ToString();

    private static string New(string column) => Names.Column($"{column} (new)").ToString();
}
