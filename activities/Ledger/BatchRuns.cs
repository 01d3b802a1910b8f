using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Ledger;

internal sealed record BatchClaim(Guid Run, string Plan, string Environment, string Batch, string WorkflowId);

internal sealed record BatchHolder(Guid Run, string WorkflowId);

/// <summary>The table <c>orchestrator.batch_runs</c>: which workflow works on a batch; never two.</summary>
internal static class BatchRuns
{
    private const string OneAtATime = "batch_runs_one_at_a_time";

    /// <summary>Takes the batch, or returns who has it.</summary>
    public static async Task<BatchHolder?> TakeAsync(NpgsqlDataSource ledger, BatchClaim claim, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        try
        {
            await InsertAsync(connection, claim, cancel);
            return null;
        }
        catch (PostgresException e) when (PostgresFailures.IsUniqueViolation(e, OneAtATime))
        {
            return await FindHolderAsync(connection, claim, cancel);
        }
    }

    public static async Task CloseAsync(NpgsqlDataSource ledger, BatchEnd end, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var closed = await connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.batch_runs
            set finished_at = clock_timestamp(), outcome = @Outcome, reason = @Reason
            where run_id = @Run and batch = @Batch and finished_at is null
            """,
            end,
            transaction,
            cancellationToken: cancel));
        if (closed == 1)
        {
            await EntryChain.AppendAsync(
                new LedgerScope(connection, transaction, end.Run),
                "batch-closed",
                new { end.Batch, end.Outcome, end.Reason },
                cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    private static async Task InsertAsync(NpgsqlConnection connection, BatchClaim claim, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var inserted = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.batch_runs (run_id, batch, plan, environment, workflow_id)
            values (@Run, @Batch, @Plan, @Environment, @WorkflowId)
            on conflict (run_id, batch) do nothing
            """,
            claim,
            transaction,
            cancellationToken: cancel));
        if (inserted == 1)
        {
            await EntryChain.AppendAsync(
                new LedgerScope(connection, transaction, claim.Run),
                "batch-opened",
                new { claim.Batch, claim.Environment, claim.WorkflowId },
                cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    private static Task<BatchHolder?> FindHolderAsync(NpgsqlConnection connection, BatchClaim claim, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<BatchHolder>(new CommandDefinition(
            """
            select run_id as run, workflow_id as workflowid
            from orchestrator.batch_runs
            where plan = @Plan and environment = @Environment and batch = @Batch and finished_at is null
            """,
            claim,
            cancellationToken: cancel));
}

internal sealed record BatchEnd(Guid Run, string Batch, string Outcome, string? Reason);
