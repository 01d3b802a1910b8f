using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Activities.Transfer;

/// <summary>What all lanes have done together: read from the ledger once a second, and this lane's own chunks in between.</summary>
internal sealed class ProgressMeter
{
    private static readonly TimeSpan ReadEvery = TimeSpan.FromSeconds(1);

    private readonly NpgsqlDataSource _database;
    private readonly HeldStep _held;
    private readonly TimeProvider _time;
    private RangeTotals _totals = new(0, 0, 0, 0, 0);
    private RangeTotals _since = new(0, 0, 0, 0, 0);
    private double _pace;
    private int _chunkRows;
    private long _readAt;

    private ProgressMeter(NpgsqlDataSource database, HeldStep held, TimeProvider time) => (_database, _held, _time) = (database, held, time);

    public string? Waiting { get; set; }

    public TransferProgress Now => new()
    {
        Rows = _totals.Rows + _since.Rows,
        Walked = _totals.Walked + _since.Walked,
        Chunks = _totals.Chunks + _since.Chunks,
        Estimate = _totals.Estimate,
        Quarantined = _totals.Quarantined,
        ChunkRows = _chunkRows,
        RowsPerSecond = Math.Round(_pace),
        Waiting = Waiting,
    };

    public static async Task<ProgressMeter> StartAsync(NpgsqlDataSource database, HeldStep held, TimeProvider time, CancellationToken cancel)
    {
        var meter = new ProgressMeter(database, held, time);
        await meter.ReadAsync(cancel);
        return meter;
    }

    public async Task SeeAsync(RangeRow before, Advance advance, CancellationToken cancel)
    {
        _chunkRows = advance.Size.Next;
        if (advance.Range.Number == before.Number)
        {
            _since = _since with
            {
                Rows = _since.Rows + advance.Range.Rows - before.Rows,
                Walked = _since.Walked + advance.Range.Walked - before.Walked,
                Chunks = _since.Chunks + advance.Range.Chunks - before.Chunks,
            };
        }

        if (_time.GetElapsedTime(_readAt) >= ReadEvery)
        {
            await ReadAsync(cancel);
        }
    }

    public async Task<TransferProgress> ReadAsync(CancellationToken cancel)
    {
        await using var connection = await _database.OpenConnectionAsync(cancel);
        var totals = await Ranges.TotalsAsync(connection, _held, cancel);
        var seconds = _time.GetElapsedTime(_readAt).TotalSeconds;
        if (_readAt != 0 && seconds > 0)
        {
            _pace = (totals.Walked - _totals.Walked) / seconds;
        }

        (_totals, _since, _readAt) = (totals, new(0, 0, 0, 0, 0), _time.GetTimestamp());
        return Now;
    }
}
