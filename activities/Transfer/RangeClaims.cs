using Npgsql;
using Orchestrator.Activities.Ledger;

namespace Orchestrator.Activities.Transfer;

/// <summary>How a lane gets something to do: the range that it had, else a free one, else a part of another lane's.</summary>
internal sealed class RangeClaims(NpgsqlDataSource database, ITransfer transfer, HeldStep held, int lane)
{
    // Cutting costs a sample and a moment of the other lane's time: worth it where a chunk is left for each.
    private const int LeastChunks = 2;
    private const int MostTries = 5;

    public async Task<RangeRow?> TakeAsync(IRangeWork work, int chunkRows, CancellationToken cancel)
    {
        if (await ClaimAsync(cancel) is { } range)
        {
            return range;
        }

        // Who was too late for one range finds another one, or the rest of the same.
        for (var tries = 0; tries < MostTries && await FindVictimAsync(chunkRows, cancel) is { } victim; tries++)
        {
            if (await StealAsync(work, victim, cancel) && await ClaimAsync(cancel) is { } stolen)
            {
                return stolen;
            }
        }

        return null;
    }

    /// <summary>Whether other lanes are still at something that this one may have to come after.</summary>
    public async Task<bool> AnyOpenAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return (await Ranges.OpenAsync(connection, held, cancel)).Count > 0;
    }

    public async Task ReleaseAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await Ranges.ReleaseAsync(new LedgerScope(connection, transaction, held.Run), held, lane, cancel);
        await transaction.CommitAsync(cancel);
    }

    private async Task<RangeRow?> ClaimAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.ShareAsync(scope, held, cancel);
        var range = await Ranges.ClaimAsync(scope, held, lane, transfer.KeepsOrder, cancel);
        await transaction.CommitAsync(cancel);
        return range;
    }

    private async Task<RangeRow?> FindVictimAsync(int chunkRows, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return RangeCuts.WorthStealing(await Ranges.OpenAsync(connection, held, cancel), (long)LeastChunks * chunkRows);
    }

    private async Task<bool> StealAsync(IRangeWork work, RangeRow victim, CancellationToken cancel)
    {
        if (victim.LastKey is null || await work.MiddleAsync(victim, cancel) is not { } middle)
        {
            return false;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.ShareAsync(scope, held, cancel);
        if (await Ranges.LockAsync(scope, held, victim.Number, cancel) is not { LastKey: { } last } now
            || !await work.IsAfterAsync(now, last, middle, cancel)
            || (now.From is { } from && !await work.IsAfterAsync(now, middle, from, cancel)))
        {
            // It moved past the middle, or somebody else was faster.
            return false;
        }

        var moved = now.Left / 2;
        await Ranges.ShortenAsync(scope, held, now, middle, now.Estimate - moved, cancel);
        await Ranges.AddAsync(scope, held, [new NewRange(new KeySpan(middle, last, moved), now.Subject)], cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
