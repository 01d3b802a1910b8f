using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Ddl;

/// <summary>
/// A statement that PostgreSQL refuses to run inside a transaction, such as a concurrent index build. The ledger says that it
/// was begun before it starts, so that a later attempt knows whose remains it finds.
/// </summary>
internal sealed class LoneStatement(NpgsqlConnection connection, HeldStep step, BlockerWatch watch)
{
    public async Task<(ScriptEffect, long)> RunAsync(SqlScript script, SqlStatement statement, CancellationToken cancel)
    {
        await TakeTurnAsync(cancel);
        var before = await BeginAsync(script, cancel);
        if (before is { State: ScriptState.Applied })
        {
            return (ScriptEffect.AlreadyApplied, before.Rows);
        }

        var index = ConcurrentIndex.TryParse(statement);
        var finished = before is { State: ScriptState.Begun } && index is not null && await index.FindWholeOrCleanUpAsync(connection, cancel);
        if (!finished)
        {
            await ExecuteAsync(script, statement, cancel);
        }

        await RecordAsync(script, cancel);
        return (ScriptEffect.Applied, 0);
    }

    // A session lock: it outlives no session, so whoever was killed half-way leaves nothing locked.
    private async Task TakeTurnAsync(CancellationToken cancel)
    {
        var taken = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select pg_try_advisory_lock(hashtextextended(@Key, 2))",
            new { Key = $"{step.Key.Plan}/{step.Key}" },
            cancellationToken: cancel));
        if (!taken)
        {
            throw new TimeoutException($"Step {step.Key}: the statement of an earlier attempt is still running in the database.");
        }
    }

    private async Task<ScriptRow?> BeginAsync(SqlScript script, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, step.Run);
        await Steps.HoldAsync(scope, step, cancel);
        var before = await ScriptRunner.FindSameAsync(scope, step, script, cancel);
        if (before is null)
        {
            await Scripts.BeginAsync(scope, step, script, cancel);
            await transaction.CommitAsync(cancel);
        }

        return before;
    }

    private async Task ExecuteAsync(SqlScript script, SqlStatement statement, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new NpgsqlBatchCommand(statement.Text) } };
        batch.Timeout = 0;
        try
        {
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException e)
        {
            throw new StatementException(script.Path, await watch.NameBlockerAsync(e), e);
        }
    }

    private async Task RecordAsync(SqlScript script, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, step.Run);
        await Steps.HoldAsync(scope, step, cancel);
        await Scripts.RecordAsync(scope, step, script, 0, cancel);
        await transaction.CommitAsync(cancel);
    }
}
