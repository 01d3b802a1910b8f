using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Backfill;

/// <summary>
/// The SQL of walking a table by its key. Keys travel as text and are cast to the column's own type, so one code serves
/// numbers, uuids, texts, timestamps and keys of several columns.
/// </summary>
internal sealed class KeyRange(KeyColumns key)
{
    private readonly IReadOnlyList<SqlIdentifier> _names = [.. key.Columns.Select(c => SqlIdentifier.Of(c.Name))];

    public int Width => key.Columns.Count;

    public string LastKeySql => $"select {AsTextSql} from {key.Table} order by {DescendingSql} limit 1";

    private string AsTextSql => $"array[{string.Join(", ", _names.Select(n => $"{n}::text"))}]";

    private string AscendingSql => string.Join(", ", _names);

    private string DescendingSql => string.Join(", ", _names.Select(n => $"{n} desc"));

    /// <summary>The end of the next chunk and the number of keys in it. Parameters: how many, the upper key, the key before.</summary>
    public string NextEndSql(bool fromStart)
    {
        var upperSql = $"{Row(null)} <= {Parameters(2)}";
        var rangeSql = fromStart ? upperSql : $"{upperSql} and {Row(null)} > {Parameters(2 + Width)}";
        return $"""
            select {AsTextSql}, count(*) over () as walked
            from (
              select {AscendingSql}
              from {key.Table}
              where {rangeSql}
              order by {AscendingSql}
              limit $1
            ) page
            order by {DescendingSql}
            limit 1
            """;
    }

    /// <summary>The chunk's own statement with its range filled in. Parameters: the last key, the key before.</summary>
    public string ChunkSql(string statement, bool fromStart) => RangePlaceholder.Fill(
        statement,
        alias => fromStart
            ? $"({Row(alias)} <= {Parameters(1)})"
            : $"({Row(alias)} <= {Parameters(1)} and {Row(alias)} > {Parameters(1 + Width)})");

    private string Row(string? alias)
    {
        var columns = _names.Select(n => alias is null ? n.ToString() : $"{alias}.{n}");
        return Width == 1 ? columns.Single() : $"({string.Join(", ", columns)})";
    }

    private string Parameters(int first)
    {
        var casts = key.Columns.Select((c, i) => $"${first + i}::{c.Type}");
        return Width == 1 ? casts.Single() : $"({string.Join(", ", casts)})";
    }
}
