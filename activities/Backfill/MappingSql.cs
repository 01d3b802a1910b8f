using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Backfill;

/// <summary>
/// The statement that a mapping means. Every mode but insert writes only rows that differ, so that a rerun changes none: a row that
/// is written with the values that it has already costs as much as a new one, and shows up in every count.
/// </summary>
internal static class MappingSql
{
    public static string Write(BackfillStep step)
    {
        var mapping = step.Into!;
        var sourceTable = Name(step.Table);
        var targetTable = Name(mapping.Table);
        return mapping.Mode switch
        {
            WriteMode.Insert => Insert(mapping, sourceTable, targetTable, ""),
            WriteMode.Upsert => Insert(mapping, sourceTable, targetTable, OnConflict(mapping, c => $"excluded.{c}")),
            WriteMode.PreserveExisting when targetTable == sourceTable => UpdateInPlace(mapping, targetTable, Preserve),
            WriteMode.PreserveExisting => Insert(mapping, sourceTable, targetTable, OnConflict(mapping, c => $"coalesce(held.{c}, excluded.{c})")),
            WriteMode.Update when targetTable == sourceTable => UpdateInPlace(mapping, targetTable, (_, expression) => $"({expression})"),
            WriteMode.Update => UpdateFrom(mapping, sourceTable, targetTable),
            _ => throw new InvalidOperationException($"Mode {mapping.Mode} has no statement."),
        };
    }

    private static string Insert(RowMapping mapping, string sourceTable, string targetTable, string conflictSql)
    {
        var columnsSql = string.Join(", ", mapping.Columns.Select(c => Column(c.Column)));
        var valuesSql = string.Join(", ", mapping.Columns.Select(c => $"({c.Expression})"));
        var whereSql = Where(mapping);
        return $"insert into {targetTable} as held ({columnsSql}) select {valuesSql} from {sourceTable} where {{range}}{whereSql}{conflictSql}";
    }

    private static string OnConflict(RowMapping mapping, Func<string, string> value)
    {
        var keyColumns = string.Join(", ", mapping.Key.Select(Column));
        var others = Others(mapping);
        if (others.Count == 0)
        {
            return $" on conflict ({keyColumns}) do nothing";
        }

        var setSql = string.Join(", ", others.Select(c => $"{c} = {value(c)}"));
        return $" on conflict ({keyColumns}) do update set {setSql} where {Differs(others.Select(c => $"held.{c}"), others.Select(value))}";
    }

    private static string UpdateFrom(RowMapping mapping, string sourceTable, string targetTable)
    {
        var others = Others(mapping);
        var madeSql = string.Join(", ", mapping.Columns.Select(c => $"({c.Expression}) as {Column(c.Column)}"));
        var setSql = string.Join(", ", others.Select(c => $"{c} = made.{c}"));
        var joinSql = string.Join(" and ", mapping.Key.Select(Column).Select(c => $"held.{c} = made.{c}"));
        var differsSql = Differs(others.Select(c => $"held.{c}"), others.Select(c => $"made.{c}"));
        var whereSql = Where(mapping);
        return $"update {targetTable} as held set {setSql} from (select {madeSql} from {sourceTable} where {{range}}{whereSql}) as made where {joinSql} and {differsSql}";
    }

    private static string UpdateInPlace(RowMapping mapping, string targetTable, Func<string, string, string> value)
    {
        var others = mapping.Columns.Where(c => !mapping.Key.Contains(c.Column)).ToList();
        var setSql = string.Join(", ", others.Select(c => $"{Column(c.Column)} = {value(Column(c.Column), c.Expression)}"));
        var differsSql = Differs(others.Select(c => Column(c.Column)), others.Select(c => value(Column(c.Column), c.Expression)));
        var whereSql = Where(mapping);
        return $"update {targetTable} set {setSql} where {{range}}{whereSql} and {differsSql}";
    }

    private static string Preserve(string column, string expression) => $"coalesce({column}, ({expression}))";

    private static string Differs(IEnumerable<string> left, IEnumerable<string> right) =>
        $"({string.Join(", ", left)}) is distinct from ({string.Join(", ", right)})";

    private static string Where(RowMapping mapping) => mapping.Where is { } where ? $" and ({where})" : "";

    private static List<string> Others(RowMapping mapping) => [.. mapping.Columns.Where(c => !mapping.Key.Contains(c.Column)).Select(c => Column(c.Column))];

    private static string Column(string name) => SqlIdentifier.Of(name).ToString();

    private static string Name(string table) => SqlIdentifier.Of(SqlName.TryParse(table)!).ToString();
}
