using Dapper;
using Npgsql;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Ledger;
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
            // An attempt that was killed while it finished has dropped them.
            await Work(connection, held).RunAsync(scope => new BridgeTable(step, held).MakeValuesAsync(scope, cancel), cancel);
        }

        return late;
    }

    public async Task<string?> CompleteAsync(HeldStep held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        var answered = await EndAsync(connection, held, cancel);
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
        var sql = new MatchSql(step, held);
        var matched = 0L;
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(sql.AnyLacking(), commandTimeout: 0, cancellationToken: cancel)))
        {
            var key = await KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, [step.Key], cancel);
            await Work(connection, held).RunAsync(scope => new BridgeTable(step, held).MakeValuesAnewAsync(scope, cancel), cancel);
            matched = await new LackingWalk(connection, key, Work(connection, held)).RunAsync(sql.Match(), sql.LackingSql(), "matched-again", cancel);
        }

        return matched + await EndAsync(connection, held, cancel);
    }

    private StepTransaction Work(NpgsqlConnection connection, HeldStep held) => new(connection, held, $"The match of {step.Table}");

    private async Task<long> EndAsync(NpgsqlConnection connection, HeldStep held, CancellationToken cancel)
    {
        var source = await KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, [step.Key], cancel);
        await Unmapped.AnalyzeAsync(connection, cancel);
        return await Work(connection, held).RunAsync(
            "answers-taken",
            async scope =>
            {
                var sql = new MatchSql(step, held);
                await connection.ExecuteAsync(new CommandDefinition(sql.SettlePaired(source), transaction: scope.Transaction, commandTimeout: 0, cancellationToken: cancel));
                var rows = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
                    sql.TakeAnswers(), transaction: scope.Transaction, commandTimeout: 0, cancellationToken: cancel));
                var tables = new BridgeTable(step, held);
                await tables.SuggestAsync(scope, source, cancel);
                await tables.DropValuesAsync(scope, cancel);
                return rows;
            },
            cancel);
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
