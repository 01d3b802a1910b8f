using Dapper;
using Npgsql;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Activities.Ledger;

/// <summary>The table <c>orchestrator.tunings</c>: what people want of a transfer while it runs.</summary>
internal static class Tunings
{
    public static async Task SetAsync(NpgsqlDataSource database, StepClaim claim, Tuning tuning, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.tunings (plan, batch, step, chunk_milliseconds, rows_per_second, lanes, who)
            values (@Plan, @Batch, @Step, @ChunkMilliseconds, @RowsPerSecond, @Lanes, @Who)
            on conflict (plan, batch, step) do update
            set chunk_milliseconds = coalesce(excluded.chunk_milliseconds, tunings.chunk_milliseconds),
              rows_per_second = coalesce(excluded.rows_per_second, tunings.rows_per_second),
              lanes = coalesce(excluded.lanes, tunings.lanes),
              who = excluded.who, changed_at = clock_timestamp()
            """,
            new
            {
                claim.Key.Plan,
                claim.Key.Batch,
                claim.Key.Step,
                tuning.ChunkMilliseconds,
                tuning.RowsPerSecond,
                tuning.Lanes,
                Who = tuning.Who ?? "unnamed",
            },
            transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(
            new LedgerScope(connection, transaction, claim.Run),
            "transfer-tuned",
            new { claim.Key.Batch, claim.Key.Step, tuning.Who, tuning.ChunkMilliseconds, tuning.RowsPerSecond, tuning.Lanes },
            cancel);
        await transaction.CommitAsync(cancel);
    }
}
