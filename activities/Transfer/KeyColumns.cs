using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Transfer;

internal sealed record KeyColumn(string Name, string Type, bool Nullable);

/// <summary>The key that a table is walked by, as the catalog knows it.</summary>
internal sealed record KeyColumns(SqlIdentifier Table, IReadOnlyList<KeyColumn> Columns)
{
    public static async Task<KeyColumns> ReadAsync(NpgsqlConnection connection, SqlName name, IReadOnlyList<string> key, CancellationToken cancel)
    {
        var table = SqlIdentifier.Of(name);
        var columns = (await connection.QueryAsync<KeyColumn>(new CommandDefinition(
            """
            select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, not a.attnotnull as nullable
            from unnest(@Key) with ordinality as wanted (name, place)
            join pg_attribute a on a.attname = wanted.name
            where a.attrelid = to_regclass(@Table) and a.attnum > 0 and not a.attisdropped
            order by wanted.place
            """,
            new { Key = key.ToArray(), Table = table.ToString() },
            cancellationToken: cancel))).ToList();
        RefuseUnfit(table, key, columns);
        if (!await IsUniqueAsync(connection, table, key, cancel))
        {
            throw new RefusalException(
                $"The key ({string.Join(", ", key)}) of {table} is not unique: rows with equal keys could be cut apart by a chunk. Create a unique index on it, or add a column that makes it unique.");
        }

        return new KeyColumns(table, columns);
    }

    private static void RefuseUnfit(SqlIdentifier table, IReadOnlyList<string> key, List<KeyColumn> columns)
    {
        if (columns.Count != key.Count)
        {
            var missing = key.Except(columns.Select(c => c.Name));
            throw new RefusalException($"The table {table} is not there, or has no column {string.Join(", ", missing)}.");
        }

        if (columns.FirstOrDefault(c => c.Nullable) is { } nullable)
        {
            throw new RefusalException($"The key column {nullable.Name} of {table} may be null: rows without a key would never be visited. Set it not null first.");
        }
    }

    private static Task<bool> IsUniqueAsync(NpgsqlConnection connection, SqlIdentifier table, IReadOnlyList<string> key, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            select exists (
              select
              from pg_index i
              where i.indrelid = to_regclass(@Table) and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
                and (
                  select array_agg(a.attname::text)
                  from unnest(i.indkey::int2[]) with ordinality as k (number, place)
                  join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
                  where k.place <= i.indnkeyatts
                ) <@ @Key)
            """,
            new { Table = table.ToString(), Key = key.ToArray() },
            cancellationToken: cancel));
}
