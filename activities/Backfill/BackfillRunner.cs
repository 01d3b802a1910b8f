using Dapper;
using Npgsql;
using NpgsqlTypes;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Backfill;

/// <summary>
/// Walks the table from the checkpoint to the upper key that was fixed at the start. Each chunk is one transaction: hold the
/// step by its fence, write the rows, move the checkpoint, append to the chain. Whatever is killed, a chunk is there whole or not at all.
/// </summary>
internal sealed class BackfillRunner(NpgsqlDataSource database, BackfillStep step, HeldStep held)
{
    // Far above any sane chunk; a chunk that takes longer holds row locks longer than anyone should wait.
    private static readonly TimeSpan ChunkTimeout = TimeSpan.FromMinutes(2);

    public async Task<BackfillProgress> RunAsync(Action<BackfillProgress> report, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "select set_config('statement_timeout', @Timeout, false)",
            new { Timeout = ((long)ChunkTimeout.TotalMilliseconds).ToString() },
            cancellationToken: cancel));
        var walk = new KeyRange(await KeyColumns.ReadAsync(connection, step, cancel));
        var progress = new BackfillProgress(held.Row.Position, held.Row.Rows, held.Row.Walked, held.Row.Chunks, await EstimateAsync(connection, cancel));
        if (await FindUpperKeyAsync(connection, walk, cancel) is not { } upper)
        {
            return progress;
        }

        report(progress);
        while (await RunChunkAsync(connection, walk, upper, progress, cancel) is { } next)
        {
            progress = next;
            // The heartbeat tells people where it is; a retry starts from the checkpoint in the database.
            report(progress);
        }

        return progress;
    }

    private async Task<BackfillProgress?> RunChunkAsync(
        NpgsqlConnection connection, KeyRange walk, string[] upper, BackfillProgress progress, CancellationToken cancel)
    {
        if (await FindEndAsync(connection, walk, upper, progress.Position, cancel) is not var (last, walked))
        {
            return null;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        var rows = await WriteRowsAsync(scope, walk, progress, last, cancel);
        var chunk = new Chunk(progress.Chunks + 1, progress.Position, last, rows, walked);
        await Chunks.RecordAsync(scope, held, chunk, cancel);
        await transaction.CommitAsync(cancel);
        return progress with
        {
            Position = last,
            Rows = progress.Rows + rows,
            Walked = progress.Walked + walked,
            Chunks = chunk.Number,
        };
    }

    private async Task<long> WriteRowsAsync(LedgerScope scope, KeyRange walk, BackfillProgress progress, string[] last, CancellationToken cancel)
    {
        var statement = SqlStatements.Split(step.Chunk.Text)[0].Text;
        var command = new NpgsqlBatchCommand(walk.ChunkSql(statement, progress.Position is null));
        AddKeys(command, last);
        AddKeys(command, progress.Position ?? []);
        await using var batch = new NpgsqlBatch(scope.Connection, scope.Transaction) { BatchCommands = { command } };
        batch.Timeout = 0;
        try
        {
            return Math.Max(0, await batch.ExecuteNonQueryAsync(cancel));
        }
        catch (PostgresException e)
        {
            var after = progress.Position is null ? "the start" : string.Join(", ", progress.Position);
            throw new StatementException($"{step.Chunk.Path}, chunk {progress.Chunks + 1} (keys after {after} up to {string.Join(", ", last)})", null, e);
        }
    }

    private async Task<(string[] Last, long Walked)?> FindEndAsync(
        NpgsqlConnection connection, KeyRange walk, string[] upper, string[]? position, CancellationToken cancel)
    {
        var command = new NpgsqlBatchCommand(walk.NextEndSql(position is null));
        command.Parameters.Add(new NpgsqlParameter { Value = (long)step.ChunkRows });
        AddKeys(command, upper);
        AddKeys(command, position ?? []);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { command } };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel) ? (await reader.GetFieldValueAsync<string[]>(0, cancel), reader.GetInt64(1)) : null;
    }

    private async Task<string[]?> FindUpperKeyAsync(NpgsqlConnection connection, KeyRange walk, CancellationToken cancel)
    {
        if (held.Row.UpperKey is { } known)
        {
            return known;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        var upper = await connection.QuerySingleOrDefaultAsync<string[]>(new CommandDefinition(walk.LastKeySql, transaction: transaction, cancellationToken: cancel));
        if (upper is not null)
        {
            await Steps.SetUpperKeyAsync(scope, held, upper, cancel);
            await transaction.CommitAsync(cancel);
        }

        return upper;
    }

    // The planner's own estimate: counting a large table to draw a bar would cost more than the bar is worth.
    private async Task<long> EstimateAsync(NpgsqlConnection connection, CancellationToken cancel) =>
        await connection.ExecuteScalarAsync<long?>(new CommandDefinition(
            "select greatest(reltuples, 0)::bigint from pg_class where oid = to_regclass(@Table)",
            new { Table = SqlIdentifier.Of(SqlName.TryParse(step.Table)!).ToString() },
            cancellationToken: cancel)) ?? 0;

    // Unknown: sent as text for PostgreSQL to read as the type of the cast, like a literal.
    private static void AddKeys(NpgsqlBatchCommand command, string[] keys)
    {
        foreach (var key in keys)
        {
            command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Unknown, Value = key });
        }
    }
}
