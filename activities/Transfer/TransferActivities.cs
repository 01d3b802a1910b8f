using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Copy;
using Orchestrator.Activities.IdMaps;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Matching;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Activities;

namespace Orchestrator.Activities.Transfer;

/// <summary>Opens, works off and finishes steps that move rows. What differs between them is behind <see cref="ITransfer"/>.</summary>
public sealed class TransferActivities(StepSites sites, TimeProvider time, TransferGauges? gauges = null) : ITransferActivities, IAsyncDisposable
{
    private readonly SourceSnapshots _snapshots = new(time);

    public ValueTask DisposeAsync() => _snapshots.DisposeAsync();

    [Activity]
    public Task<TransferOpening> OpenTransferAsync(StepReference step) => PulseAsync(step, async (site, _, cancel) =>
        await OpenAsync(site, await OfAsync(site, cancel), cancel));

    [Activity]
    public Task<LaneReport> RunLaneAsync(LaneReference lane) => PulseAsync(lane.Step, async (site, pulse, cancel) =>
    {
        using var gauge = gauges?.Begin(LabelsOf(site, lane.Step));
        return await RunLaneAsync(
            site,
            await OfAsync(site, cancel),
            lane,
            progress =>
            {
                pulse.Report(progress);
                gauge?.See(progress);
            },
            cancel,
            ActivityExecutionContext.Current.WorkerShutdownToken);
    });

    [Activity]
    public Task<bool> ExtendTransferAsync(LaneReference lane) => PulseAsync(lane.Step, async (site, _, cancel) =>
        await ExtendAsync(site, await OfAsync(site, cancel), lane.Opening, cancel));

    [Activity]
    public Task<StepEffect> FinishTransferAsync(LaneReference lane) => PulseAsync(lane.Step, async (site, _, cancel) =>
    {
        var effect = await FinishAsync(site, await OfAsync(site, cancel), lane.Opening, cancel);
        gauges?.Forget(LabelsOf(site, lane.Step));
        return effect;
    });

    [Activity]
    public Task<string> TuneAsync(TuningRequest request) => PulseAsync(request.Step, (site, _, cancel) => TuneAsync(site, request.Tuning, cancel));

    internal async Task<ITransfer> OfAsync(StepSite site, CancellationToken cancel)
    {
        return site.Step switch
        {
            BackfillStep backfill => new BackfillTransfer(site.Database, backfill, time),
            CopyStep copy => new CopyTransfer(site.Database, await site.SiblingAsync(copy.From, cancel), copy, _snapshots),
            IdMapStep map => new IdMapTransfer(site.Database, map, time),
            RelinkStep relink => new RelinkTransfer(site.Database, relink, time),
            MatchStep match => new MatchTransfer(site.Database, match, time),
            _ => throw new RefusalException($"A step of kind {site.Step.Kind} cannot be run by this build."),
        };
    }

    internal static async Task<TransferOpening> OpenAsync(StepSite site, ITransfer transfer, CancellationToken cancel)
    {
        var claim = site.Claim(Direction.Do);
        if (await Steps.OpenAsync(site.Database, claim, cancel) is not { } held)
        {
            return new TransferOpening { Settled = await ResumeAsync(site, transfer, claim, cancel) };
        }

        var lanes = transfer.Pace?.Lanes ?? UsualLanes;
        await using var connection = await site.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        var known = await Ranges.CountAsync(connection, held, cancel);
        if (known > 0)
        {
            await Ranges.ReleaseAllAsync(scope, held, cancel);
        }
        else if (await transfer.CutAsync(scope, held, lanes, cancel) is { Count: > 0 } ranges)
        {
            await Ranges.AddAsync(scope, held, ranges, cancel);
            known = ranges.Count;
        }

        await transaction.CommitAsync(cancel);
        return new TransferOpening { Fence = held.Row.Fence, Round = held.Row.Round, Lanes = Math.Clamp(known, 1, lanes) };
    }

    internal Task<LaneReport> RunLaneAsync(
        StepSite site, ITransfer transfer, LaneReference lane, Action<TransferProgress> report, CancellationToken cancel, CancellationToken leaving = default)
    {
        var throttles = new ThrottleWatch(site.Database, transfer.Pace?.Throttles ?? [], transfer.Tables, time);
        return new LaneRunner(site.Database, transfer, Held(site, lane.Opening), throttles, time) { Leaving = leaving }.RunAsync(lane, report, cancel);
    }

    internal static async Task<bool> ExtendAsync(StepSite site, ITransfer transfer, TransferOpening opening, CancellationToken cancel)
    {
        var held = Held(site, opening);
        if (await transfer.LateAsync(held, cancel) is not { Count: > 0 } late)
        {
            return false;
        }

        await using var connection = await site.Database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        await Ranges.AddAsync(scope, held, late, cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    internal static async Task<StepEffect> FinishAsync(StepSite site, ITransfer transfer, TransferOpening opening, CancellationToken cancel)
    {
        var held = Held(site, opening);
        var remark = await transfer.CompleteAsync(held, cancel);
        var totals = await Steps.FinishTransferAsync(site.Database, held, cancel);
        var note = $"{totals.Rows:N0} rows in {totals.Chunks:N0} chunks{(remark is null ? "" : $"; {remark}")}";
        return new StepEffect(Effect.Changed, totals.Rows, note);
    }

    internal static async Task<string> TuneAsync(StepSite site, Tuning tuning, CancellationToken cancel)
    {
        if (TuningRules.Refuse(tuning) is { } refusal)
        {
            return refusal;
        }

        await Tunings.SetAsync(site.Database, site.Claim(Direction.Do), tuning, cancel);
        return TuningRules.Describe(tuning);
    }

    // The database works for the lanes, so its cores would count; it is rarely smaller than the worker's machine.
    private static int UsualLanes => Math.Clamp(Environment.ProcessorCount, 2, 4);

    private static async Task<StepEffect> ResumeAsync(StepSite site, ITransfer transfer, StepClaim claim, CancellationToken cancel)
    {
        var row = await Steps.FindAsync(site.Database, claim.Key, cancel)
            ?? throw new InvalidOperationException($"Step {claim.Key} is done and has no row.");
        var rows = await transfer.ResumeAsync(new HeldStep(claim.Key, claim.Run, Direction.Do, row), cancel);
        return rows == 0
            ? new StepEffect(Effect.Nothing, 0, "already done, 0 rows changed")
            : new StepEffect(Effect.Changed, rows, $"already done; {rows:N0} rows that had been set aside went through now");
    }

    private static HeldStep Held(StepSite site, TransferOpening opening)
    {
        var claim = site.Claim(Direction.Do);
        var row = new StepRow { Digest = claim.Digest, State = StepState.Doing, Round = opening.Round, Fence = opening.Fence };
        return new HeldStep(claim.Key, claim.Run, Direction.Do, row);
    }

    private static TransferLabels LabelsOf(StepSite site, StepReference step) =>
        new(site.Claim(Direction.Do).Key.Plan, step.Batch.Run.Environment, step.Batch.Batch, step.Step);

    private Task<T> PulseAsync<T>(StepReference step, Func<StepSite, Pulse, CancellationToken, Task<T>> act) => ActivityFailures.TranslateAsync(async () =>
    {
        var activity = ActivityExecutionContext.Current;
        await using var pulse = new Pulse(activity, time);
        return await act(await sites.FindAsync(step, activity.CancellationToken), pulse, activity.CancellationToken);
    });
}
