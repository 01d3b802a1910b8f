using Npgsql;
using Orchestrator.Activities.Transfer;

namespace Orchestrator.Activities.Backfill;

internal readonly record struct ChunkEnd(string[] Last, long Walked);

/// <summary>
/// Where the chunks of a lane end. While one is being written, the end of the next is looked for on another connection: in a table that
/// was never vacuumed the walk there takes a tenth as long as the writing. What was found is a guess that is taken only where it still fits.
/// </summary>
internal sealed class ChunkEnds(NpgsqlDataSource database, KeyColumns key, KeyLook look, TimeProvider time) : IAsyncDisposable
{
    // Fewer keys are passed faster than another connection is asked.
    private const int LeastRowsAhead = 5_000;

    // How far a chunk may be from the size that is wanted by now.
    private const double Tolerance = 1.25;

    // Throttled for longer, a lane asks again: rows may have come in between.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private Coming? _coming;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_coming is { } coming)
        {
            await coming.Found;
        }

        _stop.Dispose();
    }

    /// <summary>The end of the next chunk; none where the range has no more keys.</summary>
    public async Task<ChunkEnd?> NextAsync(string[]? after, string[] last, int rows, CancellationToken cancel)
    {
        if (_coming is { } coming)
        {
            _coming = null;
            if (await coming.Found is { } found && coming.Fits(found, after, last, rows) && time.GetElapsedTime(coming.At) < Freshness)
            {
                return found;
            }
        }

        return await look.NextEndAsync(after, last, rows, cancel) is var (end, walked) ? new ChunkEnd(end, walked) : null;
    }

    public void LookAhead(string[] after, string[] last, int rows)
    {
        if (rows >= LeastRowsAhead && !after.AsSpan().SequenceEqual(last))
        {
            _coming = new Coming(after, last, rows, time.GetTimestamp(), LookAsync(after, last, rows));
        }
    }

    internal static bool IsNear(int had, int wanted) => had <= wanted * Tolerance && wanted <= had * Tolerance;

    private async Task<ChunkEnd?> LookAsync(string[] after, string[] last, int rows)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(_stop.Token);
            return await new KeyLook(connection, key).NextEndAsync(after, last, rows, _stop.Token) is var (end, walked) ? new ChunkEnd(end, walked) : null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException)
        {
            // The lane looks for itself then, and meets what is wrong where it is dealt with.
            return null;
        }
    }

    private sealed record Coming(string[] After, string[] Last, int Rows, long At, Task<ChunkEnd?> Found)
    {
        public bool Fits(ChunkEnd found, string[]? after, string[] last, int rows) =>
            After.AsSpan().SequenceEqual(after) && Last.AsSpan().SequenceEqual(last)
            && (IsNear(Rows, rows) || found.Last.AsSpan().SequenceEqual(last) && found.Walked <= rows);
    }
}
