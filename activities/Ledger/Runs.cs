using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

internal sealed record RunRow(Guid Id, string PlanDigest, string Environment, string Requester);

/// <summary>The table <c>orchestrator.runs</c>: one line for each run of a program.</summary>
internal static class Runs
{
    public static async Task OpenAsync(NpgsqlDataSource database, RunRow run, PublishedPlan plan, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await PublishedPlans.InsertAsync(connection, transaction, plan, cancel);
        var inserted = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.runs (id, plan_digest, environment, requester)
            values (@Id, @PlanDigest, @Environment, @Requester)
            on conflict (id) do nothing
            """,
            run,
            transaction,
            cancellationToken: cancel));
        if (inserted == 1)
        {
            await EntryChain.AppendAsync(
                new LedgerScope(connection, transaction, run.Id),
                "run-opened",
                new { Plan = plan.Name, run.PlanDigest, run.Environment, run.Requester },
                cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    public static async Task<RunRow> ReadAsync(NpgsqlDataSource ledger, Guid id, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return await connection.QuerySingleOrDefaultAsync<RunRow>(new CommandDefinition(
                """
                select id, plan_digest as plandigest, environment, requester
                from orchestrator.runs
                where id = @Id
                """,
                new { Id = id },
                cancellationToken: cancel))
            ?? throw new RefusalException($"The ledger has no run {id}: it must be opened before its steps.");
    }

    public static async Task CloseAsync(NpgsqlDataSource ledger, Guid id, string outcome, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var closed = await connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.runs
            set finished_at = clock_timestamp(), outcome = @Outcome
            where id = @Id and finished_at is null
            """,
            new { Id = id, Outcome = outcome },
            transaction,
            cancellationToken: cancel));
        if (closed == 1)
        {
            await EntryChain.AppendAsync(new LedgerScope(connection, transaction, id), "run-closed", new { Outcome = outcome }, cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>The newest runs, newest first: of a plan, of an environment, of the digests that begin so, or of any where null.</summary>
    public static async Task<IReadOnlyList<RunReport>> ListAsync(NpgsqlDataSource ledger, ReportQuery query, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<RunReport>(new CommandDefinition(
            """
            select r.id, p.name as plan, r.plan_digest as digest, r.environment, r.requester, r.started_at as startedat,
              r.finished_at as finishedat, r.outcome
            from orchestrator.runs r
            join orchestrator.plans p on p.digest = r.plan_digest
            where (@Plan::text is null or p.name = @Plan)
              and (@Environment::text is null or r.environment = @Environment)
              and (@Digest::text is null or starts_with(r.plan_digest, @Digest))
            order by r.started_at desc
            limit @Runs
            """,
            query,
            cancellationToken: cancel))];
    }
}
