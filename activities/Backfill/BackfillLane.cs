using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Backfill;

/// <summary>
/// Walks ranges of one table. Each chunk is one transaction: hold the range by its fence, write the rows, move the checkpoint,
/// append to the chain. Whatever is killed, a chunk is there whole or not at all.
/// </summary>
internal sealed class BackfillLane : IRangeWork
{
    // A chunk may take this many times what it should before it is cut off and split.
    private const int TargetsUntilTimeout = 10;
    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromMinutes(2);

    private readonly NpgsqlConnection _connection;
    private readonly BackfillStep _step;
    private readonly HeldStep _held;
    private readonly KeyLook _look;
    private readonly ChunkEnds _ends;
    private readonly IChunkWriter _writer;
    private readonly TimeProvider _time;

    private BackfillLane(NpgsqlConnection connection, BackfillStep step, HeldStep held, KeyLook look, ChunkEnds ends, IChunkWriter writer, TimeProvider time)
    {
        (_connection, _step, _held, _time) = (connection, step, held, time);
        (_look, _ends, _writer) = (look, ends, writer);
    }

    public static async Task<BackfillLane> OpenAsync(
        NpgsqlDataSource database, BackfillStep step, HeldStep held, Func<KeyColumns, IChunkWriter> writer, TimeProvider time, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        var key = await KeyColumns.ReadAsync(connection, SqlName.TryParse(step.Table)!, step.Key, cancel);
        var timeout = TimeoutOf(ChunkLimits.Of(step.ChunkRows, step.Pace?.ChunkTime));
        await connection.ExecuteAsync(new CommandDefinition(
            "select set_config('statement_timeout', @Timeout, false)",
            new { Timeout = ((long)timeout.TotalMilliseconds).ToString() },
            cancellationToken: cancel));
        var look = new KeyLook(connection, key);
        return new BackfillLane(connection, step, held, look, new ChunkEnds(database, key, look, time), writer(key), time);
    }

    public async ValueTask DisposeAsync()
    {
        await _ends.DisposeAsync();
        await _connection.DisposeAsync();
    }

    public async Task<Advance> AdvanceAsync(RangeRow range, ChunkSize size, CancellationToken cancel)
    {
        if (range.Position.AsSpan().SequenceEqual(range.LastKey) && range.Position is not null
            || await _ends.NextAsync(range.From, range.LastKey!, size.Next, cancel) is not var (last, walked))
        {
            return new Advance(await CloseAsync(range, cancel), size);
        }

        _ends.LookAhead(last, range.LastKey!, size.Next);
        var started = _time.GetTimestamp();
        try
        {
            var (next, tuning) = await WriteAsync(range, last, walked, cancel);
            var took = _time.GetElapsedTime(started);
            await AnalyzeAsync(range, next, cancel);
            return new Advance(next, size.Passed(walked, took), tuning, walked, took);
        }
        catch (StatementException e) when (PostgresFailures.IsAboutRows(e.Postgres))
        {
            var (narrower, move) = size.Failed(walked);
            return move == PoisonMove.Narrow
                ? new Advance(range, narrower)
                : new Advance(await SetAsideAsync(range, last, e, cancel), narrower, Walked: walked);
        }
        catch (StatementException e) when (PostgresFailures.IsStatementTimeout(e.Postgres) && size.TimedOut(walked) is { } smaller)
        {
            return new Advance(range, smaller);
        }
    }

    public async Task<string[]?> MiddleAsync(RangeRow range, CancellationToken cancel)
    {
        var rows = await _look.EstimateAsync(cancel);
        var sample = await _look.SampleAsync(range.From, range.LastKey, rows, cancel);
        return sample.Count < 2 ? null : sample[(sample.Count / 2) - 1];
    }

    public Task<bool> IsAfterAsync(RangeRow range, string[] later, string[] earlier, CancellationToken cancel) => _look.IsAfterAsync(later, earlier, cancel);

    private static TimeSpan TimeoutOf(ChunkLimits limits)
    {
        var wanted = limits.Target * TargetsUntilTimeout;
        return wanted < ShortestTimeout ? ShortestTimeout : wanted < LongestTimeout ? wanted : LongestTimeout;
    }

    private async Task<(RangeRow Range, TuningRow Tuning)> WriteAsync(RangeRow range, string[] last, long walked, CancellationToken cancel)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(_connection, transaction, _held.Run);
        long rows;
        TuningRow tuning;
        try
        {
            (rows, tuning) = await _writer.WriteAsync(scope, _held, range, last, cancel);
        }
        catch (PostgresException e)
        {
            var after = range.From is { } from ? string.Join(", ", from) : "the start";
            throw new StatementException($"{_writer.Path}, keys after {after} up to {string.Join(", ", last)}", null, e);
        }

        var chunk = new Chunk(range.From, last, rows, walked);
        var next = await Chunks.RecordAsync(scope, _held, range, chunk, cancel);
        next = await FinishAtEndAsync(scope, next, cancel);
        await transaction.CommitAsync(cancel);
        return (next, tuning);
    }

    /// <summary>The row's key goes into quarantine and the checkpoint moves past it, in one transaction; beyond the limit the step fails.</summary>
    private async Task<RangeRow> SetAsideAsync(RangeRow range, string[] row, StatementException error, CancellationToken cancel)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(_connection, transaction, _held.Run);
        await RangeHold.RunAsync(scope, _held, range, cancel);
        var most = _step.PoisonRows ?? 0;
        if (await Quarantine.CountAsync(scope, _held, cancel) >= most)
        {
            var limit = most == 0 ? "The step allows none to be set aside ('poison-rows')." : $"{most:N0} were set aside before it, which is the step's limit ('poison-rows').";
            throw new RefusalException($"{_writer.Path}: the row with the key {string.Join(", ", row)} cannot be written: {PostgresFailures.Describe(error.Postgres)}. {limit}", error);
        }

        await Quarantine.HoldAsync(scope, _held, row, error.Postgres, cancel);
        var next = await Chunks.RecordAsync(scope, _held, range, new Chunk(range.From, row, 0, 1), cancel);
        next = await FinishAtEndAsync(scope, next, cancel);
        await transaction.CommitAsync(cancel);
        return next;
    }

    private async Task<RangeRow> CloseAsync(RangeRow range, CancellationToken cancel)
    {
        await using var transaction = await _connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(_connection, transaction, _held.Run);
        await RangeHold.RunAsync(scope, _held, range, cancel);
        await Ranges.FinishAsync(scope, _held, range.Number, cancel);
        await transaction.CommitAsync(cancel);
        return range with { State = RangeState.Done };
    }

    private async Task<RangeRow> FinishAtEndAsync(LedgerScope scope, RangeRow range, CancellationToken cancel)
    {
        if (!range.Position.AsSpan().SequenceEqual(range.LastKey))
        {
            return range;
        }

        await Ranges.FinishAsync(scope, _held, range.Number, cancel);
        return range with { State = RangeState.Done };
    }

    // A statement that looks into what it has written is planned for a table that looked empty; each tenfold growth it is told better.
    private async Task AnalyzeAsync(RangeRow before, RangeRow after, CancellationToken cancel)
    {
        if (_step.Analyze is not { Count: > 0 } tables || Magnitude(before.Walked) == Magnitude(after.Walked))
        {
            return;
        }

        foreach (var table in tables.Select(t => SqlIdentifier.Of(SqlName.TryParse(t)!)))
        {
            await _connection.ExecuteAsync(new CommandDefinition($"analyze {table}", cancellationToken: cancel));
        }
    }

    private static int Magnitude(long rows) => rows <= 0 ? 0 : (int)Math.Log10(rows);
}
