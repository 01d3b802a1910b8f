using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Contracts;

namespace Orchestrator.Activities.Transfer;

/// <summary>
/// One lane for one slice of time: takes a range, works it off chunk by chunk, takes the next. Between chunks it looks at
/// throttles, at what people tuned, and at the clock.
/// </summary>
internal sealed class LaneRunner(NpgsqlDataSource database, ITransfer transfer, HeldStep held, ThrottleWatch throttles, TimeProvider time)
{
    private static readonly TimeSpan ThrottlePause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OrderPause = TimeSpan.FromMilliseconds(100);

    /// <summary>The worker is asked to end: a lane stops after its chunk, as if its time were over, and goes on with whoever comes next.</summary>
    public CancellationToken Leaving { get; init; }

    public async Task<LaneReport> RunAsync(LaneReference reference, Action<TransferProgress> report, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        var meter = await ProgressMeter.StartAsync(database, held, time, cancel);
        var claims = new RangeClaims(database, transfer, held, reference.Lane);
        var size = new ChunkSize(transfer.Limits);
        await using var work = await transfer.OpenLaneAsync(held, cancel);
        report(meter.Now);
        while (true)
        {
            if (await claims.TakeAsync(work, size.Rows, cancel) is not { } range)
            {
                if (transfer.KeepsOrder && await claims.AnyOpenAsync(cancel) && time.GetElapsedTime(started) < reference.Slice)
                {
                    await Task.Delay(OrderPause, time, cancel);
                    continue;
                }

                return new LaneReport(LaneEnd.NothingLeft, await meter.ReadAsync(cancel));
            }

            size = size.GoOn(range.Walked, range.Chunks);
            while (range.State == RangeState.Open)
            {
                if (time.GetElapsedTime(started) >= reference.Slice || Leaving.IsCancellationRequested)
                {
                    return new LaneReport(LaneEnd.SliceOver, await meter.ReadAsync(cancel));
                }

                if (await WaitsAsync(meter, report, cancel))
                {
                    continue;
                }

                var advance = await AdvanceAsync(work, range, size, claims, cancel);
                await meter.SeeAsync(range, advance, cancel);
                report(meter.Now);
                (range, size) = (advance.Range, Retarget(advance));
                if (advance.Tuning?.Lanes < reference.Lane)
                {
                    await claims.ReleaseAsync(cancel);
                    return new LaneReport(LaneEnd.Surplus, await meter.ReadAsync(cancel));
                }

                await RestAsync(advance, reference, cancel);
            }
        }
    }

    private async Task<bool> WaitsAsync(ProgressMeter meter, Action<TransferProgress> report, CancellationToken cancel)
    {
        var reason = await throttles.ReasonToWaitAsync(cancel);
        if (meter.Waiting != reason)
        {
            meter.Waiting = reason;
            report(meter.Now);
        }

        if (reason is null)
        {
            return false;
        }

        await Task.Delay(ThrottlePause, time, cancel);
        return true;
    }

    private static async Task<Advance> AdvanceAsync(IRangeWork work, RangeRow range, ChunkSize size, RangeClaims claims, CancellationToken cancel)
    {
        try
        {
            return await work.AdvanceAsync(range, size, cancel);
        }
        catch (RangeCutException)
        {
            // Its own range comes first when it claims again, now with the new end.
            return new Advance(await claims.TakeAsync(work, size.Rows, cancel) ?? range with { State = RangeState.Done }, size);
        }
    }

    private static ChunkSize Retarget(Advance advance) => advance.Tuning?.ChunkMilliseconds is { } milliseconds
        ? advance.Size.Retarget(TimeSpan.FromMilliseconds(milliseconds))
        : advance.Size;

    private async Task RestAsync(Advance advance, LaneReference reference, CancellationToken cancel)
    {
        var rate = advance.Tuning?.RowsPerSecond ?? transfer.Pace?.RowsPerSecond;
        var rest = RowPace.RestAfter(advance.Walked, advance.Took, rate, advance.Tuning?.Lanes ?? reference.Opening.Lanes);
        if (rest > TimeSpan.Zero)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, Leaving);
            await Task.Delay(rest, time, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancel.ThrowIfCancellationRequested();
        }
    }
}
