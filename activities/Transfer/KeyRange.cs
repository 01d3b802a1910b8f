using Npgsql;
using NpgsqlTypes;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Transfer;

/// <summary>
/// The SQL of walking a table by its key. Keys travel as text and are cast to the column's own type, so one code serves
/// numbers, uuids, texts, timestamps and keys of several columns.
/// </summary>
internal sealed class KeyRange(KeyColumns key)
{
    private readonly IReadOnlyList<SqlIdentifier> _names = [.. key.Columns.Select(c => SqlIdentifier.Of(c.Name))];

    private int Width => key.Columns.Count;

    private string AsTextSql => $"array[{string.Join(", ", _names.Select(n => $"{n}::text"))}]";

    private string AscendingSql => string.Join(", ", _names);

    private string DescendingSql => string.Join(", ", _names.Select(n => $"{n} desc"));

    public NpgsqlBatchCommand LastKey() => new($"select {AsTextSql} from {key.Table} order by {DescendingSql} limit 1");

    /// <summary>The key that so many keys further on, if there is one in the range. An index alone can answer this.</summary>
    public NpgsqlBatchCommand KeyAt(string[]? after, string[]? last, long offset)
    {
        var command = new NpgsqlBatchCommand();
        var rangeSql = Within(null, after, last, command);
        command.Parameters.Add(new NpgsqlParameter { Value = offset });
        var offsetSql = $"${command.Parameters.Count}";
        // Only the key that is wanted becomes text: made of every key on the way, it would take longer than the walk.
        command.CommandText = $"select {AsTextSql} from (select {AscendingSql} from {key.Table} where {rangeSql} order by {AscendingSql} offset {offsetSql} limit 1) as reached";
        return command;
    }

    public NpgsqlBatchCommand Count(string[]? after, string[]? last)
    {
        var command = new NpgsqlBatchCommand();
        var rangeSql = Within(null, after, last, command);
        command.CommandText = $"select count(*) from {key.Table} where {rangeSql}";
        return command;
    }

    /// <summary>Keys of some percent of the table's pages, in order.</summary>
    public NpgsqlBatchCommand Sample(string[]? after, string[]? last, double percent)
    {
        var command = new NpgsqlBatchCommand();
        var rangeSql = Within(null, after, last, command);
        command.Parameters.Add(new NpgsqlParameter { Value = percent });
        var percentSql = $"${command.Parameters.Count}";
        command.CommandText = $"select {AsTextSql} from {key.Table} tablesample system ({percentSql}) where {rangeSql} order by {AscendingSql} limit {SampledKeysSql}";
        return command;
    }

    /// <summary>Whether one key comes after another, by the order that the index has.</summary>
    public NpgsqlBatchCommand IsAfter(string[] later, string[] earlier)
    {
        var command = new NpgsqlBatchCommand();
        var laterSql = Constant(later, command);
        var earlierSql = Constant(earlier, command);
        command.CommandText = $"select {laterSql} > {earlierSql}";
        return command;
    }

    /// <summary>The condition for a range, for the alias that a statement has given the table; adds its parameters.</summary>
    public string Within(string? alias, string[]? after, string[]? last, NpgsqlBatchCommand command)
    {
        var parts = new List<string>();
        if (last is not null)
        {
            parts.Add($"{Row(alias)} <= {Constant(last, command)}");
        }

        if (after is not null)
        {
            parts.Add($"{Row(alias)} > {Constant(after, command)}");
        }

        return parts.Count == 0 ? "true" : $"({string.Join(" and ", parts)})";
    }

    /// <summary>The condition for one row.</summary>
    public string Exactly(string? alias, string[] row, NpgsqlBatchCommand command) => $"({Row(alias)} = {Constant(row, command)})";

    /// <summary>The condition for a range as text, where a statement cannot take parameters, such as COPY.</summary>
    public string WithinLiterals(string[]? after, string[]? last)
    {
        var parts = new List<string>();
        if (last is not null)
        {
            parts.Add($"{Row(null)} <= {Literals(last)}");
        }

        if (after is not null)
        {
            parts.Add($"{Row(null)} > {Literals(after)}");
        }

        return parts.Count == 0 ? "true" : string.Join(" and ", parts);
    }

    private static string SampledKeysSql => "20000";

    private string Row(string? alias) => Tuple(_names.Select(n => alias is null ? n.ToString() : $"{alias}.{n}"));

    // Unknown: sent as text for PostgreSQL to read as the type of the cast, like a literal.
    private string Constant(string[] values, NpgsqlBatchCommand command) => Tuple(key.Columns.Select((c, i) =>
    {
        command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = values[i] });
        return $"${command.Parameters.Count}::{c.Type}";
    }));

    private string Literals(string[] values) => Tuple(key.Columns.Select((c, i) => $"{SqlIdentifier.Literal(values[i])}::{c.Type}"));

    private string Tuple(IEnumerable<string> parts) => Width == 1 ? parts.Single() : $"({string.Join(", ", parts)})";
}
