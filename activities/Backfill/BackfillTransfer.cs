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
            RefuseRestless(await TryOutAsync(connection, new ChunkStatement(step, look.Range), last, cancel));
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
        var changing = await DescribeChangingAsync(connection, cancel);
        return $"{(left == 0 ? "" : $"{left:N0} set aside in quarantine, ")}{late}{changing}";
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

    // An update that never finds the values it wrote would write them again in every run.
    private void RefuseRestless(ChangingValues changing)
    {
        if (step.Into?.Mode is WriteMode.Update or WriteMode.Upsert && changing.Volatile.Count > 0)
        {
            throw new RefusalException(
                $"{string.Join(", ", changing.Volatile)} is volatile: it may give another value each time, so every run of this {step.Into.Mode.ToString().ToLowerInvariant()} would change the same rows again. Use functions that are marked stable or immutable, or the mode insert or preserve-existing.");
        }
    }

    /// <summary>What the values of a later run may differ by; empty where nothing in the statement can.</summary>
    private async Task<string> DescribeChangingAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var look = new KeyLook(connection, await KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, step.Key, cancel));
        if (Writer is not null || await look.LastKeyAsync(cancel) is not { } last)
        {
            return "";
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var changing = await TryOutAsync(connection, new ChunkStatement(step, look.Range), last, cancel);
        string[] all = [.. changing.Volatile, .. changing.Clocks];
        return all.Length == 0 ? "" : $"; other values in every run: {string.Join(", ", all)}";
    }

    private static async Task<ChangingValues> TryOutAsync(NpgsqlConnection connection, ChunkStatement statement, string[] last, CancellationToken cancel)
    {
        await connection.ExecuteAsync(new CommandDefinition("savepoint tried_out", cancellationToken: cancel));
        try
        {
            return await ChangingValues.FindAsync(connection, await ExplainAsync(connection, statement, last, cancel), cancel);
        }
        catch (PostgresException e) when (!PostgresFailures.IsAboutRows(e) || PostgresFailures.IsUnsupported(e))
        {
            throw new StatementException(statement.Path, null, e);
        }
        catch (PostgresException)
        {
            // Planning folds constants and may stumble over what only some rows would: the chunks will tell which.
            await connection.ExecuteAsync(new CommandDefinition("rollback to savepoint tried_out", cancellationToken: cancel));
            return new ChangingValues([], []);
        }
    }

    private static async Task<string> ExplainAsync(NpgsqlConnection connection, ChunkStatement statement, string[] last, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { statement.Explain(last) } };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var lines = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            lines.Add(reader.GetString(0));
        }

        return string.Join('\n', lines);
    }
}
