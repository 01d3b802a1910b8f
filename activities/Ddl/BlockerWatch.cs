using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Ddl;

/// <summary>
/// Looks, from a second connection and while the statement waits, who blocks it. Afterwards it is too late: when the lock
/// timeout fires, the statement has left the queue and nobody blocks it any more.
/// </summary>
internal sealed class BlockerWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task<string?> _watching;

    private BlockerWatch(NpgsqlDataSource database, int pid, TimeSpan lockTimeout) =>
        _watching = WatchAsync(database, pid, TimeSpan.FromTicks(lockTimeout.Ticks / 4), _stop.Token);

    public static BlockerWatch Start(NpgsqlDataSource database, NpgsqlConnection connection, TimeSpan lockTimeout) =>
        new(database, connection.ProcessID, lockTimeout);

    public async Task<string?> NameBlockerAsync(Exception exception)
    {
        await _stop.CancelAsync();
        var blocker = await _watching;
        return PostgresFailures.IsLockTimeout(exception) ? blocker : null;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching;
        _stop.Dispose();
    }

    private static async Task<string?> WatchAsync(NpgsqlDataSource database, int pid, TimeSpan interval, CancellationToken stop)
    {
        string? seen = null;
        try
        {
            using var timer = new PeriodicTimer(interval);
            while (await timer.WaitForNextTickAsync(stop))
            {
                await using var connection = await database.OpenConnectionAsync(stop);
                seen = await FindBlockerAsync(connection, pid, stop) ?? seen;
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NpgsqlException)
        {
            // The watch only adds a name to an error; it must never be the reason that a statement fails.
        }

        return seen;
    }

    private static Task<string?> FindBlockerAsync(NpgsqlConnection connection, int pid, CancellationToken stop) =>
        connection.QueryFirstOrDefaultAsync<string>(new CommandDefinition(
            """
            select format('pid %s (%s, %s, %s, transaction open for %s): %s',
              a.pid, coalesce(nullif(a.application_name, ''), 'no application name'), a.usename, a.state,
              date_trunc('second', clock_timestamp() - a.xact_start),
              left(regexp_replace(a.query, '\s+', ' ', 'g'), 200))
            from unnest(pg_blocking_pids(@Pid)) as blocking (pid)
            join pg_stat_activity a on a.pid = blocking.pid
            order by a.xact_start
            limit 1
            """,
            new { Pid = pid },
            cancellationToken: stop));
}
