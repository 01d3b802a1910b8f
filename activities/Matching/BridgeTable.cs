using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Matching;

/// <summary>The tables that a match makes: the bridge, which stays, and the target's values, which go when all is matched.</summary>
internal sealed class BridgeTable(MatchStep step, HeldStep held)
{
    private readonly MatchSql _sql = new(step, held);

    public async Task MakeAsync(LedgerScope scope, KeyColumns source, CancellationToken cancel)
    {
        await RefuseWithoutExtensionAsync(scope, cancel);
        var target = await KeyColumns.ReadAsync(scope.Connection, SqlName.TryParse(step.Target.Table)!, [step.Target.Key], cancel);
        var (sourceTypeSql, targetTypeSql) = (source.Columns[0].Type, target.Columns[0].Type);
        await new OwnTable(_sql.Bridge, held.Key).MakeAsync(
            scope, $"(source_key {sourceTypeSql} primary key, target_key {targetTypeSql} not null, matched_by text not null)", cancel);
        await MakeValuesAsync(scope, cancel);
    }

    /// <summary>For a rerun: what one that was killed has left tells of the target as it was then.</summary>
    public async Task MakeValuesAnewAsync(LedgerScope scope, CancellationToken cancel)
    {
        await DropValuesAsync(scope, cancel);
        await MakeValuesAsync(scope, cancel);
    }

    /// <summary>Gives what has found nothing the nearest there is, for people to choose from.</summary>
    public async Task SuggestAsync(LedgerScope scope, KeyColumns source, CancellationToken cancel)
    {
        if (!await new OwnTable(_sql.Values, held.Key).IsThereAsync(scope, cancel)
            || !await scope.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(_sql.AnyWithoutCandidates(), transaction: scope.Transaction, cancellationToken: cancel)))
        {
            return;
        }

        await SpeedUpAsync(scope, cancel);
        foreach (var indexSql in _sql.OrderValues())
        {
            await RunAsync(scope, indexSql, cancel);
        }

        var neighbours = await scope.Connection.QueryAsync<Neighbour>(new CommandDefinition(
            _sql.Neighbours(source), transaction: scope.Transaction, commandTimeout: 0, cancellationToken: cancel));
        await Unmapped.SuggestAsync(scope, Likeness.Rank(neighbours), cancel);
    }

    /// <summary>An attempt that was killed while it finished has dropped them.</summary>
    public async Task MakeValuesAsync(LedgerScope scope, CancellationToken cancel)
    {
        var valuesTable = _sql.Values;
        try
        {
            await SpeedUpAsync(scope, cancel);
            var knownSql = _sql.KnownValues();
            // Logged, although it goes again: an unlogged one would come back empty after a crash, and everything would be unmatched.
            if (!await new OwnTable(valuesTable, held.Key).MakeAsync(scope, $"as {knownSql}", cancel))
            {
                return;
            }

            // By hash, because values may be longer than a tree's page takes.
            await RunAsync(scope, $"create index on {valuesTable} using hash (value)", cancel);
            await RunAsync(scope, $"analyze {valuesTable}", cancel);
        }
        catch (PostgresException e)
        {
            throw new StatementException($"The match keys of {step.Target.Table}", null, e);
        }
    }

    public Task<bool> DropValuesAsync(LedgerScope scope, CancellationToken cancel) => new OwnTable(_sql.Values, held.Key).DropAsync(scope, cancel);

    public async Task<StepEffect> DropAsync(NpgsqlDataSource database, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        await DropValuesAsync(scope, cancel);
        var dropped = await new OwnTable(_sql.Bridge, held.Key).DropAsync(scope, cancel);
        await Unmapped.WithdrawAsync(scope, held, cancel);
        await EntryChain.AppendAsync(scope, "bridge-dropped", new { held.Key.Batch, held.Key.Step, Bridge = step.Bridge, Dropped = dropped }, cancel);
        await transaction.CommitAsync(cancel);
        return dropped
            ? new StepEffect(Effect.Changed, 0, $"{step.Bridge} dropped; what people have answered is kept for the next time")
            : new StepEffect(Effect.Nothing, 0, $"{step.Bridge} was never made");
    }

    // To the planner every function costs the same, and so it would leave the normalising, which is most of the work, to one process.
    private static Task<int> SpeedUpAsync(LedgerScope scope, CancellationToken cancel) => RunAsync(
        scope,
        "select set_config('parallel_setup_cost', '0', true), set_config('parallel_tuple_cost', '0', true), set_config('maintenance_work_mem', '256MB', true)",
        cancel);

    private static Task<int> RunAsync(LedgerScope scope, string sql, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(sql, transaction: scope.Transaction, commandTimeout: 0, cancellationToken: cancel));

    private async Task RefuseWithoutExtensionAsync(LedgerScope scope, CancellationToken cancel)
    {
        if (step.By.Any(k => k.Normalise.Contains(Normalisation.Unaccent))
            && !await scope.Connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "select exists (select from pg_extension where extname = 'unaccent')", transaction: scope.Transaction, cancellationToken: cancel)))
        {
            throw new RefusalException("The normalisation 'unaccent' needs the extension of that name in the database: 'create extension unaccent' in a step before this one.");
        }
    }
}
