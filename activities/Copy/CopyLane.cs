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
        long rows;
        try
        {
            rows = await RowStream.PourAsync(reading, connection, pair, await RangeSqlAsync(reading, pair, range, cancel), cancel);
        }
        catch (PostgresException e)
        {
            throw new StatementException($"Copying {range.Subject}{Between(range)}", null, e);
        }

        var next = range;
        if (rows > 0)
        {
            next = await Chunks.RecordAsync(scope, held, range, new Chunk(range.AfterKey, range.LastKey ?? [], rows, rows), cancel);
        }

        await Ranges.FinishAsync(scope, held, range.Number, cancel, _snapshot);
        await transaction.CommitAsync(cancel);
        return new Advance(next with { State = RangeState.Done }, size, tuning, rows);
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

    private static async Task<string> RangeSqlAsync(NpgsqlConnection reading, CopyPair pair, RangeRow range, CancellationToken cancel)
    {
        if (range.AfterKey is null && range.LastKey is null)
        {
            return "true";
        }

        var key = await KeyColumns.ReadAsync(reading, new(pair.Source.Schema, pair.Source.Name), pair.Source.Key, cancel);
        return new KeyRange(key).WithinLiterals(range.AfterKey, range.LastKey);
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
