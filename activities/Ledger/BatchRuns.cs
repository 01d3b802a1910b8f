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

    /// <summary>How each batch of a plan ended last on an environment; a null outcome is one that is being worked on.</summary>
    /// <param name="except">The run that asks.</param>
    public static async Task<Dictionary<string, BatchLatest>> ReadLatestAsync(
        NpgsqlDataSource ledger, string plan, string environment, Guid except, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        var latest = await connection.QueryAsync<BatchLatest>(new CommandDefinition(
            """
            select distinct on (batch) batch, run_id as run, outcome
            from orchestrator.batch_runs
            where plan = @Plan and environment = @Environment and run_id <> @Except
              -- One that was refused changed nothing, and neither did one that was taken over.
              and outcome is distinct from 'refused' and outcome is distinct from 'abandoned'
            order by batch, started_at desc
            """,
            new { Plan = plan, Environment = environment, Except = except },
            cancellationToken: cancel));
        return latest.ToDictionary(b => b.Batch);
    }

    public static async Task<IReadOnlyList<BatchReport>> ReadAsync(NpgsqlDataSource ledger, Guid run, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<BatchReport>(new CommandDefinition(
            """
            select batch, workflow_id as workflowid, started_at as startedat, finished_at as finishedat, outcome, reason
            from orchestrator.batch_runs
            where run_id = @Run
            order by started_at
            """,
            new { Run = run },
            cancellationToken: cancel))];
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

internal sealed record BatchLatest(string Batch, Guid Run, string? Outcome);

internal sealed record BatchEnd(Guid Run, string Batch, string Outcome, string? Reason);
