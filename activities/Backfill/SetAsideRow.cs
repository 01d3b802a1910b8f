using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Backfill;

/// <summary>A row in quarantine: tried again in a transaction of its own, and released when it went through.</summary>
internal sealed class SetAsideRow(NpgsqlConnection connection, HeldStep held, ChunkStatement statement)
{
    public async Task<long> TryAgainAsync(string[] key, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        if (!await Quarantine.LockAsync(scope, held, key, cancel))
        {
            return 0;
        }

        var command = statement.ForRow(key);
        await using var batch = new NpgsqlBatch(connection, transaction) { BatchCommands = { command } };
        try
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException e) when (PostgresFailures.IsAboutRows(e))
        {
            await transaction.RollbackAsync(cancel);
            return 0;
        }

        var rows = Math.Max(0, command.RecordsAffected);
        await Quarantine.ReleaseAsync(scope, held, key, rows, cancel);
        await transaction.CommitAsync(cancel);
        return rows;
    }
}
