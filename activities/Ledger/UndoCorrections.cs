using Dapper;
using Npgsql;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ledger;

/// <summary>The table <c>orchestrator.undo_corrections</c>: what people had run in the place of an undo that failed.</summary>
internal static class UndoCorrections
{
    public static async Task RecordAsync(NpgsqlDataSource ledger, CorrectionRecord record, CancellationToken cancel)
    {
        var (reference, correction) = (record.Step, record.Correction);
        var row = new
        {
            reference.Batch.Run.Run,
            reference.Batch.Batch,
            reference.Step,
            correction.Path,
            correction.Sql,
            Digest = PlanCanon.DigestOf(correction.Sql!),
            correction.Who,
            correction.Reason,
            record.At,
        };
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var inserted = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.undo_corrections (run_id, batch, step, path, content, digest, who, reason, corrected_at)
            values (@Run, @Batch, @Step, @Path, @Sql, @Digest, @Who, @Reason, @At)
            on conflict on constraint undo_corrections_once do nothing
            """,
            row,
            transaction,
            cancellationToken: cancel));
        if (inserted == 1)
        {
            await EntryChain.AppendAsync(
                new LedgerScope(connection, transaction, row.Run),
                "undo-corrected",
                new { row.Batch, row.Step, row.Path, row.Digest, row.Who, row.Reason, row.At },
                cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>The newest one of this run. Its digest is part of its name: a second correction under the same name is another file.</summary>
    public static async Task<SqlScript?> FindAsync(NpgsqlDataSource ledger, StepReference step, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return await connection.QueryFirstOrDefaultAsync<SqlScript>(new CommandDefinition(
            """
            select path || ' (corrected, ' || left(digest, 12) || ')' as path, content as text
            from orchestrator.undo_corrections
            where run_id = @Run and batch = @Batch and step = @Step
            order by id desc
            limit 1
            """,
            new { step.Batch.Run.Run, step.Batch.Batch, step.Step },
            cancellationToken: cancel));
    }
}
