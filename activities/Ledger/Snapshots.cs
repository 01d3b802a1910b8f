using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

/// <summary>The table <c>orchestrator.snapshots</c>.</summary>
internal static class Snapshots
{
    public static Task<string?> NewestAsync(NpgsqlConnection connection, NpgsqlTransaction? transaction, HeldStep step, CancellationToken cancel) =>
        connection.QuerySingleOrDefaultAsync<string>(new CommandDefinition(
            """
            select snapshot
            from orchestrator.snapshots
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round
            order by ordinal desc
            limit 1
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round },
            transaction,
            cancellationToken: cancel));

    public static async Task AddAsync(LedgerScope scope, HeldStep step, string snapshot, CancellationToken cancel)
    {
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.snapshots (plan, batch, step, round, ordinal, snapshot)
            select @Plan, @Batch, @Step, @Round, 1 + count(*), @Snapshot
            from orchestrator.snapshots
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, Snapshot = snapshot },
            scope.Transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(scope, "snapshot-taken", new { step.Key.Batch, step.Key.Step, step.Row.Round, Snapshot = snapshot }, cancel);
    }

    /// <summary>How many moments of the source the finished ranges show.</summary>
    public static Task<int> CountUsedAsync(NpgsqlConnection connection, HeldStep step, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            select count(distinct snapshot)::int
            from orchestrator.ranges
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round },
            cancellationToken: cancel));
}
