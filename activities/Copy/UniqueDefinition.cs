using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Copy;

/// <summary>What a unique index or constraint lets no two rows share, read from the statement that PostgreSQL writes for it.</summary>
internal sealed record UniqueDefinition(string ColumnsSql, string? WhereSql)
{
    private const string Where = " WHERE ";

    // What comes before the columns: of constraints, and of indexes.
    private static readonly string[] Heads = [" PRIMARY KEY ", " UNIQUE (", " USING btree "];

    // Columns that are told how to sort cannot be grouped by as they stand.
    private static readonly string[] Sorted = [" DESC", "_ops", " NULLS "];

    /// <summary>Null where the text is not one of those, or says more than which columns.</summary>
    public static UniqueDefinition? TryParse(string definition)
    {
        var head = Heads.Select(h => definition.IndexOf(h, StringComparison.Ordinal)).Where(at => at >= 0).DefaultIfEmpty(-1).First();
        var start = head < 0 ? -1 : definition.IndexOf('(', head);
        var end = start < 0 ? -1 : ClosingOf(definition, start);
        if (end < 0 || Sorted.Any(word => definition[start..end].Contains(word, StringComparison.Ordinal)))
        {
            return null;
        }

        var where = definition.IndexOf(Where, end, StringComparison.Ordinal);
        return new UniqueDefinition(definition[(start + 1)..end], where < 0 ? null : definition[(where + Where.Length)..]);
    }

    /// <summary>The keys of two rows that break it; null where they cannot be told.</summary>
    public static async Task<string?> FindTwinsAsync(
        NpgsqlConnection connection, string? definition, SqlIdentifier table, IReadOnlyList<string> key, CancellationToken cancel) =>
        key.Count == 0 || definition is null || TryParse(definition) is not { } unique
            ? null
            : await connection.ExecuteScalarAsync<string?>(new CommandDefinition(unique.TwinsSql(table, key), commandTimeout: 0, cancellationToken: cancel));

    /// <summary>The first two rows that share it, by their keys.</summary>
    public string TwinsSql(SqlIdentifier table, IReadOnlyList<string> key)
    {
        var keySql = string.Join(" || ', ' || ", key.Select(k => $"{SqlIdentifier.Of(k)}::text"));
        var (columnsSql, whereSql) = (ColumnsSql, WhereSql ?? "true");
        return $"""
            select string_agg(twin.key, ' and ' order by twin.place)
            from (
              select {keySql} as key, row_number() over () as place
              from {table}
              where {whereSql} and ({columnsSql}) = (
                select {columnsSql} from {table} where {whereSql} group by {columnsSql} having count(*) > 1 limit 1)
              limit 2) as twin
            """;
    }

    // Parentheses inside of names and texts do not count.
    private static int ClosingOf(string text, int start)
    {
        var (depth, quote) = (0, '\0');
        for (var i = start; i < text.Length; i++)
        {
            if (quote != '\0')
            {
                quote = text[i] == quote ? '\0' : quote;
            }
            else if (text[i] is '"' or '\'')
            {
                quote = text[i];
            }
            else if (text[i] == '(')
            {
                depth++;
            }
            else if (text[i] == ')' && --depth == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
