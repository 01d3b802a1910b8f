using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Ddl;

/// <summary>
/// Measures, in a rehearsal, what a file does to tables that were there before it: the strongest lock really held and since
/// when, whether the table or index was written anew, and how many rows were read. Looks from inside the transaction, so that nobody else's locks are seen.
/// </summary>
internal sealed class LockTrace(NpgsqlConnection connection, NpgsqlTransaction transaction, TimeProvider time)
{
    // A file of more statements is a data file; its later statements are measured together at its end.
    private const int StatementsWatched = 100;

    private readonly Dictionary<uint, (LockLevel Level, long Since)> _held = [];
    private Dictionary<uint, RelationRow> _before = [];
    private int _statements;

    public async Task StartAsync(CancellationToken cancel) => _before = (await RelationsAsync(cancel)).ToDictionary(r => r.Oid);

    /// <param name="began">When the statement before this look was sent: its locks were taken at the earliest then.</param>
    /// <param name="cancel">Ends the look.</param>
    public async Task LookAsync(long began, CancellationToken cancel)
    {
        if (++_statements > StatementsWatched)
        {
            return;
        }

        var locks = await connection.QueryAsync<LockRow>(new CommandDefinition(
            "select relation as oid, mode from pg_locks where pid = pg_backend_pid() and locktype = 'relation' and granted",
            transaction: transaction,
            cancellationToken: cancel));
        foreach (var seen in locks.Where(l => _before.ContainsKey(l.Oid)))
        {
            var level = LockLevels.All.First(l => l.Mode() == seen.Mode);
            var before = _held.GetValueOrDefault(seen.Oid, (Level: level, Since: began));
            // Time counts from when the strongest was taken: that is the one which others wait for.
            _held[seen.Oid] = level > before.Level ? (level, began) : before;
        }
    }

    public async Task<IReadOnlyList<TraceRow>> EndAsync(CancellationToken cancel)
    {
        var after = (await RelationsAsync(cancel)).ToDictionary(r => r.Oid);
        var end = time.GetTimestamp();
        return
        [
            .. from held in _held
               let before = _before[held.Key]
               let now = after.GetValueOrDefault(held.Key)
               orderby before.Name
               select new TraceRow
               {
                   Relation = before.Name,
                   LockLevel = (int)held.Value.Level,
                   Held = time.GetElapsedTime(held.Value.Since, end),
                   Rewritten = now is not null && now.File != before.File,
                   RowsRead = now?.RowsRead ?? 0,
               },
        ];
    }

    private Task<IEnumerable<RelationRow>> RelationsAsync(CancellationToken cancel) => connection.QueryAsync<RelationRow>(new CommandDefinition(
        """
        select c.oid, c.oid::regclass::text as name, c.relfilenode as file, coalesce(s.seq_tup_read + s.idx_tup_fetch, s.seq_tup_read, 0)::bigint as rowsread
        from pg_class c
        join pg_namespace n on n.oid = c.relnamespace
        left join pg_stat_xact_user_tables s on s.relid = c.oid
        where c.relkind in ('r', 'p', 'i', 'm') and n.nspname not in ('orchestrator', 'information_schema') and n.nspname not like 'pg\_%'
        """,
        transaction: transaction,
        cancellationToken: cancel));

    private sealed record RelationRow
    {
        public required uint Oid { get; init; }

        public required string Name { get; init; }

        public required uint File { get; init; }

        public required long RowsRead { get; init; }
    }

    private sealed record LockRow
    {
        public required uint Oid { get; init; }

        public required string Mode { get; init; }
    }
}
