using Dapper;
using Npgsql;
using Orchestrator.Workflows.Gates;

namespace Orchestrator.Activities.Ledger;

internal sealed record DecisionRow(Guid Run, string Batch, string Verdict, string Who, string Role, string? Comment, string Evidence, DateTime DecidedAt);

/// <summary>The table <c>orchestrator.decisions</c>: who said what, on which evidence.</summary>
internal static class Decisions
{
    public static async Task RecordAsync(NpgsqlDataSource ledger, DecisionRow decision, SignedDecision? proof, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var inserted = await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.decisions (run_id, batch, verdict, who, role, comment, evidence, decided_at)
            values (@Run, @Batch, @Verdict, @Who, @Role, @Comment, @Evidence, @DecidedAt)
            on conflict on constraint decisions_count_once do nothing
            """,
            decision,
            transaction,
            cancellationToken: cancel));
        if (inserted == 1)
        {
            await EntryChain.AppendAsync(
                new LedgerScope(connection, transaction, decision.Run),
                "decision",
                new { decision.Batch, decision.Verdict, decision.Who, decision.Role, decision.Comment, decision.Evidence, decision.DecidedAt, Proof = proof },
                cancel);
        }

        await transaction.CommitAsync(cancel);
    }

    public static async Task<IReadOnlyList<DecisionReport>> ReadAsync(NpgsqlDataSource ledger, Guid run, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<DecisionReport>(new CommandDefinition(
            """
            select batch, verdict, who, role, comment, evidence, decided_at as decidedat
            from orchestrator.decisions
            where run_id = @Run
            order by id
            """,
            new { Run = run },
            cancellationToken: cancel))];
    }
}
