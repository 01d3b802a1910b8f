using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

internal sealed record RehearsalRow(Guid Run, string PlanDigest, string Environment, string Verdict, string Report);

internal sealed record RehearsalFound(Guid Run, string Verdict, string Environment, string Report, DateTime FinishedAt);

/// <summary>The table <c>orchestrator.rehearsals</c>: how each rehearsal of a plan ended.</summary>
internal static class RehearsalRuns
{
    public static async Task RecordAsync(NpgsqlDataSource ledger, RehearsalRow row, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var inserted = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.rehearsals (run_id, plan_digest, environment, verdict, report)
            values (@Run, @PlanDigest, @Environment, @Verdict, @Report)
            on conflict (run_id) do nothing
            """,
            row,
            transaction,
            cancellationToken: cancel));
        if (inserted == 1)
        {
            await EntryChain.AppendAsync(
                new LedgerScope(connection, transaction, row.Run), "rehearsed", new { row.PlanDigest, row.Environment, row.Verdict, row.Report }, cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    /// <summary>The newest rehearsal of exactly this plan.</summary>
    public static async Task<RehearsalFound?> FindAsync(NpgsqlDataSource ledger, string planDigest, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return await connection.QueryFirstOrDefaultAsync<RehearsalFound>(new CommandDefinition(
            """
            select run_id as run, verdict, environment, report, finished_at as finishedat
            from orchestrator.rehearsals
            where plan_digest = @Digest
            order by finished_at desc
            limit 1
            """,
            new { Digest = planDigest },
            cancellationToken: cancel));
    }
}
