using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Ddl;

/// <summary>What <c>create index concurrently</c> leaves behind when it is interrupted: an invalid index in the way of its own retry.</summary>
internal sealed record ConcurrentIndex(string Name, string Table)
{
    public static ConcurrentIndex? TryParse(SqlStatement statement)
    {
        var code = statement.Code;
        var at = code.ToList().IndexOf("concurrently");
        if (!statement.StartsWith("create") || at < 0)
        {
            return null;
        }

        at += code.Skip(at + 1).Take(3).SequenceEqual(["if", "not", "exists"]) ? 4 : 1;
        var on = code.ToList().IndexOf("on", at);
        // Without a name PostgreSQL picks one, and nobody can say afterwards which index was meant.
        if (on != at + 1)
        {
            return null;
        }

        var from = on + (code[on + 1] == "only" ? 2 : 1);
        var table = code.Skip(from).TakeWhile((word, i) => word == "." || i == 0 || code[from + i - 1] == ".");
        return SqlName.TryParse(code[at]) is { } name ? new ConcurrentIndex(name.Name, string.Concat(table)) : null;
    }

    /// <summary>True when the index is there and whole; an invalid one is dropped.</summary>
    public async Task<bool> FindWholeOrCleanUpAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var found = await connection.QuerySingleOrDefaultAsync<(string Schema, bool Whole)?>(new CommandDefinition(
            """
            select n.nspname, i.indisvalid and i.indisready
            from pg_index i
            join pg_class c on c.oid = i.indexrelid
            join pg_namespace n on n.oid = c.relnamespace
            where c.relname = @Name and i.indrelid = to_regclass(@Table)
            """,
            this,
            cancellationToken: cancel));
        if (found is not { } index)
        {
            return false;
        }

        if (!index.Whole)
        {
            var indexName = SqlIdentifier.Of(new SqlName(index.Schema, Name));
            await connection.ExecuteAsync(new CommandDefinition(
                $"drop index concurrently {indexName}", commandTimeout: 0, cancellationToken: cancel));
        }

        return index.Whole;
    }
}
