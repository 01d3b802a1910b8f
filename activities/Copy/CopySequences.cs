using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Copy;

/// <summary>Sequences that belong to copied columns go on where those of the source are.</summary>
internal sealed class CopySequences(NpgsqlConnection reading, NpgsqlConnection writing)
{
    public async Task<int> SetAsync(IReadOnlyList<CopyPair> pairs, CancellationToken cancel)
    {
        var from = await FindAsync(reading, [.. pairs.Select(p => p.Source)], cancel);
        var to = (await FindAsync(writing, [.. pairs.Select(p => p.Target)], cancel)).ToDictionary(s => s.Column);
        var set = 0;
        foreach (var sequence in from.Where(s => to.ContainsKey(s.Column)))
        {
            // Null where it was never asked for a number: then the target's is as fresh.
            var last = await reading.ExecuteScalarAsync<long?>(new CommandDefinition(
                "select pg_sequence_last_value(@Name::regclass)", new { sequence.Name }, cancellationToken: cancel));
            if (last is not null)
            {
                await writing.ExecuteAsync(new CommandDefinition(
                    "select setval(@Name::regclass, @Last)", new { to[sequence.Column].Name, Last = last }, cancellationToken: cancel));
                set++;
            }
        }

        return set;
    }

    private static async Task<IReadOnlyList<OwnedSequence>> FindAsync(NpgsqlConnection connection, IReadOnlyList<CopyTable> tables, CancellationToken cancel) =>
        (await connection.QueryAsync<OwnedSequence>(new CommandDefinition(
            """
            select n.nspname || '.' || c.relname || '.' || a.attname as column, s.oid::regclass::text as name
            from pg_depend d
            join pg_class s on s.oid = d.objid and s.relkind = 'S'
            join pg_class c on c.oid = d.refobjid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_attribute a on a.attrelid = c.oid and a.attnum = d.refobjsubid
            where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
              and d.refobjid::bigint = any(@Ids)
            order by 1
            """,
            new { Ids = tables.Select(t => t.Id).ToArray() },
            cancellationToken: cancel))).AsList();

    private sealed record OwnedSequence(string Column, string Name);
}
