using Dapper;
using Npgsql;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Matching;

/// <summary>A match as a transfer: the source is walked as a backfill walks it; people's answers are taken in at the end, and by each rerun.</summary>
internal sealed class MatchTransfer(NpgsqlDataSource database, MatchStep step, TimeProvider time) : ITransfer
{
    public TransferPace? Pace => step.Pace;

    public ChunkLimits Limits { get; } = ChunkLimits.Of(null, step.Pace?.ChunkTime);

    public bool KeepsOrder => false;

    public IReadOnlyList<string> Tables => [step.Table];

    public async Task<IReadOnlyList<NewRange>> CutAsync(LedgerScope scope, HeldStep held, int lanes, CancellationToken cancel)
    {
        var key = await KeyColumns.ReadAsync(scope.Connection, SqlName.TryParse(step.Table)!, [step.Key], cancel);
        await new BridgeTable(step, held).MakeAsync(scope, key, cancel);
        return await Walk(held).CutAsync(scope, held, lanes, cancel);
    }

    public Task<IRangeWork> OpenLaneAsync(HeldStep held, CancellationToken cancel) => Walk(held).OpenLaneAsync(held, cancel);

    public async Task<IReadOnlyList<NewRange>> LateAsync(HeldStep held, CancellationToken cancel)
    {
        var late = await Walk(held).LateAsync(held, cancel);
        if (late.Count > 0)
        {
            await using var connection = await database.OpenConnectionAsync(cancel);
            await RunAsync(connection, held, async scope =>
            {
                // An attempt that was killed while it finished has dropped them.
                await new BridgeTable(step, held).MakeValuesAsync(scope, cancel);
                return 0;
            }, cancel);
        }

        return late;
    }

    public async Task<string?> CompleteAsync(HeldStep held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var answered = await RunAsync(connection, held, async scope =>
        {
            var rows = await TakeAnswersAsync(scope, held, cancel);
            await new BridgeTable(step, held).DropValuesAsync(scope, cancel);
            return rows;
        }, cancel);
        var bridgeTable = new MatchSql(step, held).Bridge;
        await connection.ExecuteAsync(new CommandDefinition($"analyze {bridgeTable}", commandTimeout: 0, cancellationToken: cancel));
        var counts = await connection.QueryAsync<(string By, long Rows)>(new CommandDefinition(
            $"select matched_by, count(*) from {bridgeTable} group by matched_by order by count(*) desc", commandTimeout: 0, cancellationToken: cancel));
        var pending = await Unmapped.PendingAsync(connection, held, cancel);
        var byKey = string.Join(", ", counts.Select(c => $"{c.Rows:N0} by {c.By}"));
        return $"{(byKey.Length == 0 ? "none matched" : byKey)}; {(pending is null ? "nothing is left to ask" : pending.ToString())}{(answered == 0 ? "" : $"; {answered:N0} answers taken in")}";
    }

    /// <summary>Rows without a pair are looked at again: they may have been mended, or be new.</summary>
    public async Task<long> ResumeAsync(HeldStep held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await RunAsync(connection, held, async scope =>
        {
            var sql = new MatchSql(step, held);
            var matched = 0;
            if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql.AnyLacking(), transaction: scope.Transaction, commandTimeout: 0, cancellationToken: cancel)))
            {
                var tables = new BridgeTable(step, held);
                await tables.MakeValuesAsync(scope, cancel);
                var againSql = RangePlaceholder.Fill(sql.Match(), _ => sql.LackingSql());
                matched = await connection.ExecuteAsync(new CommandDefinition(againSql, transaction: scope.Transaction, commandTimeout: 0, cancellationToken: cancel));
                await tables.DropValuesAsync(scope, cancel);
            }

            return matched + await TakeAnswersAsync(scope, held, cancel);
        }, cancel);
    }

    private Task<long> TakeAnswersAsync(LedgerScope scope, HeldStep held, CancellationToken cancel) =>
        scope.Connection.ExecuteScalarAsync<long>(new CommandDefinition(
            new MatchSql(step, held).TakeAnswers(), transaction: scope.Transaction, commandTimeout: 0, cancellationToken: cancel));

    private async Task<long> RunAsync(NpgsqlConnection connection, HeldStep held, Func<LedgerScope, Task<long>> act, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        try
        {
            await Steps.ShareWhileDoingAsync(scope, held, cancel);
            var rows = await act(scope);
            if (rows > 0)
            {
                await EntryChain.AppendAsync(scope, "answers-taken", new { held.Key.Batch, held.Key.Step, held.Row.Round, Rows = rows }, cancel);
            }

            await transaction.CommitAsync(cancel);
            return rows;
        }
        catch (PostgresException e)
        {
            throw new StatementException($"The match of {step.Table}", null, e);
        }
    }

    private BackfillTransfer Walk(HeldStep held) => new(
        database,
        new BackfillStep
        {
            Id = step.Id,
            Title = step.Title,
            Database = step.Database,
            Undo = [],
            Table = step.Table,
            Key = [step.Key],
            Chunk = new SqlScript("match keys", new MatchSql(step, held).Match()),
            LateRows = LateRows.FinalPass,
            Pace = step.Pace,
        },
        time);
}
