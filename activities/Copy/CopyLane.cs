using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;

namespace Orchestrator.Activities.Copy;

/// <summary>Copies ranges, each in one transaction of the target: its rows, its checkpoint, its entry in the chain.</summary>
internal sealed class CopyLane(NpgsqlDataSource source, NpgsqlDataSource target, IReadOnlyDictionary<string, CopyPair> pairs, SourceSnapshots snapshots, HeldStep held)
    : IRangeWork
{
    private NpgsqlConnection? _reading;
    private string? _snapshot;

    public async ValueTask DisposeAsync()
    {
        if (_reading is { } open)
        {
            await open.DisposeAsync();
        }
    }

    public async Task<Advance> AdvanceAsync(RangeRow range, ChunkSize size, CancellationToken cancel)
    {
        var pair = pairs.GetValueOrDefault(range.Subject)
            ?? throw new RefusalException($"The table {range.Subject} was there when the copy began and is not any more.");
        var reading = await ReadAtSnapshotAsync(cancel);
        await using var connection = await target.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        var tuning = await RangeHold.RunAsync(scope, held, range, cancel);
        long moved;
        try
        {
            moved = await MoveAsync(reading, connection, pair, range.AfterKey, range.LastKey, cancel);
        }
        catch (PostgresException e)
        {
            await transaction.DisposeAsync();
            await RefuseRowAsync(pair, range, e, cancel);
            await ForgetMomentAsync(e);
            throw new StatementException($"Copying {range.Subject}{Between(range)}{BadRow.PlaceIn(e)}", null, e);
        }

        var next = range;
        if (moved > 0)
        {
            // The second pass brings no rows that the first has not counted.
            next = await Chunks.RecordAsync(scope, held, range, new Chunk(range.AfterKey, range.LastKey ?? [], pair.IsSecondPass ? 0 : moved, moved), cancel);
        }

        await Ranges.FinishAsync(scope, held, range.Number, cancel, _snapshot);
        await transaction.CommitAsync(cancel);
        return new Advance(next with { State = RangeState.Done }, size, tuning, moved);
    }

    /// <summary>A range of a copy is small enough as it was cut.</summary>
    public Task<string[]?> MiddleAsync(RangeRow range, CancellationToken cancel) => Task.FromResult<string[]?>(null);

    public Task<bool> IsAfterAsync(RangeRow range, string[] later, string[] earlier, CancellationToken cancel) => Task.FromResult(false);

    private static string Between(RangeRow range) => range switch
    {
        { AfterKey: null, LastKey: null } => "",
        { LastKey: null } => $", keys after {string.Join(", ", range.AfterKey)}",
        { AfterKey: null } => $", keys up to {string.Join(", ", range.LastKey)}",
        _ => $", keys after {string.Join(", ", range.AfterKey)} up to {string.Join(", ", range.LastKey)}",
    };

    private static async Task<long> MoveAsync(NpgsqlConnection reading, NpgsqlConnection writing, CopyPair pair, string[]? after, string[]? last, CancellationToken cancel)
    {
        var rangeSql = after is null && last is null ? "true" : (await LookAsync(reading, pair, cancel)).Range.WithinLiterals(after, last);
        return pair.IsSecondPass
            ? await RowStream.FillAsync(reading, writing, pair, rangeSql, cancel)
            : await RowStream.PourAsync(reading, writing, pair, rangeSql, cancel);
    }

    private static async Task<KeyLook> LookAsync(NpgsqlConnection reading, CopyPair pair, CancellationToken cancel) =>
        new(reading, await KeyColumns.ReadAsync(reading, new(pair.Source.Schema, pair.Source.Name), pair.Source.Key, cancel));

    /// <summary>Says which row it is that cannot be copied, where it is one row's fault and there is a key to name it by.</summary>
    private async Task RefuseRowAsync(CopyPair pair, RangeRow range, PostgresException error, CancellationToken cancel)
    {
        if (!PostgresFailures.IsAboutRows(error) || pair.Source.Key.Count == 0)
        {
            return;
        }

        var row = await BadRow.FindAsync(
            range.AfterKey,
            range.LastKey,
            async (after, last) => await TryAsync(pair, after, last, cancel),
            async (after, last) =>
            {
                var look = await LookAsync(await ReadAnewAsync(cancel), pair, cancel);
                var rows = await look.CountAsync(after, last, cancel);
                return (rows, rows == 0 ? null : await look.KeyAtAsync(after, last, (rows - 1) / 2, cancel));
            });
        if (row is not null)
        {
            await ForgetMomentAsync(error);
            throw new RefusalException($"{range.Subject}: the row with the key {string.Join(", ", row)} cannot be copied: {PostgresFailures.Describe(error)}.", error);
        }

        if (await TwinsAsync(pair, error, cancel) is { } twins)
        {
            await ForgetMomentAsync(error);
            throw new RefusalException($"{range.Subject}: the rows with the keys {twins} cannot both be copied: {PostgresFailures.Describe(error)}.", error);
        }
    }

    /// <summary>Two rows of the source that are good alone and not together.</summary>
    private async Task<string?> TwinsAsync(CopyPair pair, PostgresException error, CancellationToken cancel)
    {
        if (!PostgresFailures.IsUniqueViolation(error))
        {
            return null;
        }

        await using var writing = await target.OpenConnectionAsync(cancel);
        var definition = await writing.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            select pg_get_indexdef(i.indexrelid)
            from pg_index i
            join pg_class c on c.oid = i.indexrelid
            where i.indrelid = @Table::bigint::oid and c.relname = @Name
            """,
            new { Table = pair.Target.Id, Name = error.ConstraintName },
            cancellationToken: cancel));
        return await UniqueDefinition.FindTwinsAsync(await ReadAnewAsync(cancel), definition, pair.Source.Identifier, pair.Source.Key, cancel);
    }

    // Somebody will mend the source and try again: the moment from before would show it unmended for as long as it is kept.
    private async Task ForgetMomentAsync(PostgresException error)
    {
        if (PostgresFailures.Classify(error) == FailureKind.Refusal)
        {
            await snapshots.ReleaseAsync(held);
        }
    }

    /// <summary>Whether these rows would go in; they do not stay.</summary>
    private async Task<bool> TryAsync(CopyPair pair, string[]? after, string[]? last, CancellationToken cancel)
    {
        var reading = await ReadAnewAsync(cancel);
        await using var writing = await target.OpenConnectionAsync(cancel);
        await using var transaction = await writing.BeginTransactionAsync(cancel);
        try
        {
            await MoveAsync(reading, writing, pair, after, last, cancel);
            return true;
        }
        catch (PostgresException e) when (PostgresFailures.IsAboutRows(e))
        {
            return false;
        }
    }

    // A COPY that was broken off leaves a transaction behind that answers nothing more.
    private async Task<NpgsqlConnection> ReadAnewAsync(CancellationToken cancel)
    {
        await DisposeAsync();
        _reading = null;
        return await ReadAtSnapshotAsync(cancel);
    }

    private async Task<NpgsqlConnection> ReadAtSnapshotAsync(CancellationToken cancel)
    {
        if (_reading is { FullState: System.Data.ConnectionState.Open } open)
        {
            return open;
        }

        string? broken = null;
        while (true)
        {
            _snapshot = await snapshots.FindAsync(held, target, source, broken, cancel);
            _reading = await source.OpenConnectionAsync(cancel);
            try
            {
                await SetSnapshotAsync(_reading, SqlIdentifier.Literal(_snapshot), cancel);
                return _reading;
            }
            catch (PostgresException) when (broken != _snapshot)
            {
                // Whoever held it is gone; a new moment is taken, once for all lanes.
                broken = _snapshot;
                await _reading.DisposeAsync();
            }
        }
    }

    private static async Task SetSnapshotAsync(NpgsqlConnection reading, string snapshotSql, CancellationToken cancel)
    {
        await reading.ExecuteAsync(new CommandDefinition("begin isolation level repeatable read read only", cancellationToken: cancel));
        await reading.ExecuteAsync(new CommandDefinition($"set transaction snapshot {snapshotSql}", cancellationToken: cancel));
    }
}
