using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Backfill;

/// <summary>A backfill as a transfer: one table, walked in ranges of its key.</summary>
internal sealed class BackfillTransfer(NpgsqlDataSource database, BackfillStep step, TimeProvider time) : ITransfer
{
    // Below this many keys a second range costs more than it saves, unless the plan asks for lanes.
    private const long LeastRangeRows = 10_000;

    /// <summary>Null where the step's own statement writes the chunks.</summary>
    public Func<KeyColumns, IChunkWriter>? Writer { get; init; }

    public TransferPace? Pace => step.Pace;

    public ChunkLimits Limits { get; } = ChunkLimits.Of(step.ChunkRows, step.Pace?.ChunkTime);

    public bool KeepsOrder => false;

    public IReadOnlyList<string> Tables => step.Into is { } into ? [step.Table, into.Table] : [step.Table];

    public async Task<IReadOnlyList<NewRange>> CutAsync(LedgerScope scope, HeldStep held, int lanes, CancellationToken cancel)
    {
        var connection = scope.Connection;
        var key = await KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, step.Key, cancel);
        var look = new KeyLook(connection, key);
        if (await look.LastKeyAsync(cancel) is not { } last)
        {
            return [];
        }

        if (Writer is null)
        {
            await TryOutAsync(connection, new ChunkStatement(step, look.Range), last, cancel);
        }

        var estimate = await look.EstimateAsync(cancel);
        var least = step.Pace?.Lanes is null ? LeastRangeRows : 1;
        var parts = (int)Math.Clamp(estimate / least, 1, lanes);
        var sample = parts == 1 ? [] : await look.SampleAsync(null, last, estimate, cancel);
        return [.. RangeCuts.Cut(sample, null, last, parts, estimate).Select(span => new NewRange(span))];
    }

    public async Task<IRangeWork> OpenLaneAsync(HeldStep held, CancellationToken cancel) =>
        await BackfillLane.OpenAsync(database, step, held, Writer ?? (key => new ChunkStatement(step, new KeyRange(key))), time, cancel);

    public async Task<IReadOnlyList<NewRange>> LateAsync(HeldStep held, CancellationToken cancel)
    {
        if (step.LateRows != LateRows.FinalPass)
        {
            return [];
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var look = new KeyLook(connection, await KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, step.Key, cancel));
        var top = await Ranges.TopAsync(connection, held, cancel);
        return await look.LastKeyAsync(cancel) is { } last && (top is null || await look.IsAfterAsync(last, top, cancel))
            ? [new NewRange(new KeySpan(top, last, 0))]
            : [];
    }

    public async Task<string?> CompleteAsync(HeldStep held, CancellationToken cancel)
    {
        await RetrySetAsideAsync(held, cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        var left = (await Quarantine.HeldAsync(connection, held, cancel)).Count;
        var late = step.LateRows == LateRows.FinalPass ? "rows that came later included" : "rows beyond the highest key at the start left alone";
        return left == 0 ? late : $"{left:N0} set aside in quarantine, {late}";
    }

    public Task<long> ResumeAsync(HeldStep held, CancellationToken cancel) => RetrySetAsideAsync(held, cancel);

    /// <summary>Somebody may have mended the rows: each gets another try, alone.</summary>
    private async Task<long> RetrySetAsideAsync(HeldStep held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await Quarantine.HeldAsync(connection, held, cancel) is not { Count: > 0 } rows)
        {
            return 0;
        }

        var key = await KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, step.Key, cancel);
        var statement = new ChunkStatement(step, new KeyRange(key));
        var written = 0L;
        foreach (var row in rows)
        {
            written += await new SetAsideRow(connection, held, statement).TryAgainAsync(row, cancel);
        }

        return written;
    }

    private static async Task TryOutAsync(NpgsqlConnection connection, ChunkStatement statement, string[] last, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition("savepoint tried_out", cancellationToken: cancel));
        try
        {
            await using var batch = new NpgsqlBatch(connection) { BatchCommands = { statement.Explain(last) } };
            await batch.ExecuteNonQueryAsync(cancel);
        }
        catch (PostgresException e) when (!PostgresFailures.IsAboutRows(e))
        {
            throw new StatementException(statement.Path, null, e);
        }
        catch (PostgresException)
        {
            // Planning folds constants and may stumble over what only some rows would: the chunks will tell which.
            await connection.ExecuteAsync(new CommandDefinition("rollback to savepoint tried_out", cancellationToken: cancel));
        }
    }
}
