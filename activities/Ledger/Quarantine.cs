using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Ledger;

/// <summary>The table <c>orchestrator.quarantine</c>: rows that were set aside, by their keys, with what PostgreSQL said of them.</summary>
internal static class Quarantine
{
    public static async Task HoldAsync(LedgerScope scope, HeldStep step, string[] key, PostgresException error, CancellationToken cancel) =>
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.quarantine (plan, batch, step, round, key, sql_state, error)
            values (@Plan, @Batch, @Step, @Round, @Key, @SqlState, @Error)
            on conflict (plan, batch, step, round, key) do update
            set state = 'held', sql_state = excluded.sql_state, error = excluded.error, tries = quarantine.tries + 1, changed_at = clock_timestamp()
            """,
            new
            {
                step.Key.Plan,
                step.Key.Batch,
                step.Key.Step,
                step.Row.Round,
                Key = key,
                error.SqlState,
                Error = PostgresFailures.Describe(error),
            },
            scope.Transaction,
            cancellationToken: cancel));

    public static Task<int> CountAsync(LedgerScope scope, HeldStep step, CancellationToken cancel) =>
        scope.Connection.ExecuteScalarAsync<int>(new CommandDefinition(
            """
            select count(*)::int
            from orchestrator.quarantine
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and state = 'held'
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round },
            scope.Transaction,
            cancellationToken: cancel));

    /// <summary>False where somebody else has released the row meanwhile.</summary>
    public static Task<bool> LockAsync(LedgerScope scope, HeldStep step, string[] key, CancellationToken cancel) =>
        scope.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            """
            select true
            from orchestrator.quarantine
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and key = @Key and state = 'held'
            for update
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, Key = key },
            scope.Transaction,
            cancellationToken: cancel));

    public static async Task ReleaseAsync(LedgerScope scope, HeldStep step, string[] key, long rows, CancellationToken cancel)
    {
        await scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.quarantine
            set state = 'released', changed_at = clock_timestamp()
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and key = @Key
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, Key = key },
            scope.Transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(scope, "row-released", new { step.Key.Batch, step.Key.Step, step.Row.Round, Key = key, Rows = rows }, cancel);
    }

    public static async Task<IReadOnlyList<string[]>> HeldAsync(NpgsqlConnection connection, HeldStep step, CancellationToken cancel) =>
        (await connection.QueryAsync<string[]>(new CommandDefinition(
            """
            select key
            from orchestrator.quarantine
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round and state = 'held'
            order by held_at
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round },
            cancellationToken: cancel))).AsList();
}
