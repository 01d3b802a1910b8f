using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Ddl;

internal enum ScriptEffect
{
    Applied,
    AlreadyApplied,
}

/// <summary>Runs the files of a step, forward or back: each once a round, together with its line in the ledger.</summary>
internal sealed class ScriptRunner(NpgsqlDataSource database, HeldStep step, TimeSpan lockTimeout)
{
    // A statement that runs longer than a working day is not what its author meant.
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromHours(8);

    /// <summary>Measures which locks are really held; only where nobody else works.</summary>
    public bool Traces { get; init; }

    public async Task<(ScriptEffect Effect, long Rows)> RunAsync(SqlScript script, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            select set_config('lock_timeout', @Lock, false), set_config('statement_timeout', @Statement, false)
            """,
            new { Lock = Milliseconds(lockTimeout), Statement = Milliseconds(StatementTimeout) },
            cancellationToken: cancel));
        var statements = SqlStatements.Split(script.Text);
        if (statements is [var single] && ScriptRules.RunsAlone(single))
        {
            await using var watch = BlockerWatch.Start(database, connection, lockTimeout);
            return await new LoneStatement(connection, step, watch).RunAsync(script, single, cancel);
        }

        return await RunInTransactionAsync(connection, script, statements, cancel);
    }

    private async Task<(ScriptEffect, long)> RunInTransactionAsync(
        NpgsqlConnection connection, SqlScript script, IReadOnlyList<SqlStatement> statements, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, step.Run);
        await Steps.HoldAsync(scope, step, cancel);
        if (await FindSameAsync(scope, step, script, cancel) is { State: ScriptState.Applied } applied)
        {
            return (ScriptEffect.AlreadyApplied, applied.Rows);
        }

        await using var watch = BlockerWatch.Start(database, connection, lockTimeout);
        var trace = Traces ? new LockTrace(connection, transaction, TimeProvider.System) : null;
        var rows = await RunStatementsAsync(scope, statements, watch, script.Path, trace, cancel);
        if (trace is not null)
        {
            await DdlTraces.RecordAsync(scope, step, script, await trace.EndAsync(cancel), cancel);
        }

        await Scripts.RecordAsync(scope, step, script, rows, cancel);
        await transaction.CommitAsync(cancel);
        return (ScriptEffect.Applied, rows);
    }

    internal static async Task<ScriptRow?> FindSameAsync(LedgerScope scope, HeldStep step, SqlScript script, CancellationToken cancel)
    {
        var row = await Scripts.FindAsync(scope, step, script, cancel);
        if (row is not null && row.Digest != PlanCanon.DigestOf(script.Text))
        {
            throw new RefusalException($"{script.Path} has already run here in another form: it was edited since.");
        }

        return row;
    }

    private static async Task<long> RunStatementsAsync(
        LedgerScope scope, IReadOnlyList<SqlStatement> statements, BlockerWatch watch, string path, LockTrace? trace, CancellationToken cancel)
    {
        var rows = 0L;
        await (trace?.StartAsync(cancel) ?? Task.CompletedTask);
        for (var i = 0; i < statements.Count; i++)
        {
            // One command a statement: a batch of one is sent as it is, so no colon or at-sign is taken for a parameter.
            await using var batch = new NpgsqlBatch(scope.Connection, scope.Transaction) { BatchCommands = { new NpgsqlBatchCommand(statements[i].Text) } };
            batch.Timeout = 0;
            var began = TimeProvider.System.GetTimestamp();
            try
            {
                rows += Math.Max(0, await batch.ExecuteNonQueryAsync(cancel));
            }
            catch (PostgresException e)
            {
                throw new StatementException($"{path}, statement {i + 1}", await watch.NameBlockerAsync(e), e);
            }

            await (trace?.LookAsync(began, cancel) ?? Task.CompletedTask);
        }

        return rows;
    }

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString();
}
