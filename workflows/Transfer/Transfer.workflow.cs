using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Transfer;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>
/// One step that moves rows: opened, worked off by lanes side by side, finished. Where each lane is stands in the ledger, so the
/// workflow can be cancelled, started again and cut short at any time.
/// </summary>
[Workflow]
public sealed class TransferWorkflow
{
    // A transfer of weeks is one history after another, none longer than this.
    private const int LongestHistory = 1_200;
    private const int MostLanes = 16;

    private readonly CancellationTokenSource _stop = CancellationTokenSource.CreateLinkedTokenSource(Workflow.CancellationToken);
    private readonly Dictionary<int, Task> _lanes = [];
    private readonly StepReference _step;
    private TransferOpening? _opening;
    private int _wanted;
    private bool _full;

    [WorkflowInit]
    public TransferWorkflow(TransferInput input) => _step = input.Step;

    [WorkflowQuery("progress")]
    public TransferProgress? Progress { get; private set; }

    /// <summary>The last thing that somebody changed, or why it was not changed.</summary>
    [WorkflowQuery("tuned")]
    public string? Tuned { get; private set; }

    [WorkflowRun]
    public async Task<StepEffect> RunAsync(TransferInput input)
    {
        _opening = input.Opening ?? await Workflow.ExecuteActivityAsync(
            (ITransferActivities transfers) => transfers.OpenTransferAsync(_step), ActivityTimeouts.Step("Open", Workflow.CancellationToken));
        if (_opening.Settled is { } settled)
        {
            return settled;
        }

        _wanted = _opening.Lanes;
        do
        {
            await WorkAsync();
        }
        while (await ExtendAsync());

        var effect = await Workflow.ExecuteActivityAsync(
            (ITransferActivities transfers) => transfers.FinishTransferAsync(Lane(0, 0)), ActivityTimeouts.Step("Finish", Workflow.CancellationToken));
        await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished);
        return effect;
    }

    [WorkflowSignal("tune")]
    public Task TuneAsync(Tuning? tuning) => RetuneAsync(tuning);

    /// <summary>The same for callers who want to be answered.</summary>
    [WorkflowUpdate("tune")]
    public async Task<string> RetuneAsync(Tuning? tuning)
    {
        var request = new TuningRequest(_step, tuning ?? new Tuning());
        Tuned = await Workflow.ExecuteActivityAsync(
            (ITransferActivities transfers) => transfers.TuneAsync(request), ActivityTimeouts.Ledger("Tune"));
        if (tuning?.Lanes is >= 1 and <= MostLanes)
        {
            _wanted = tuning.Lanes.Value;
        }

        return Tuned;
    }

    private async Task WorkAsync()
    {
        _lanes.Clear();
        while (!_full)
        {
            for (var lane = 1; lane <= _wanted; lane++)
            {
                if (!_lanes.ContainsKey(lane))
                {
                    _lanes[lane] = RunLaneAsync(lane);
                }
            }

            await Workflow.WaitConditionAsync(() => _lanes.Count < _wanted || _lanes.Values.Any(l => l.IsFaulted) || _lanes.Values.All(l => l.IsCompleted), CancellationToken.None);
            if (_lanes.Count >= _wanted)
            {
                break;
            }
        }

        await SettleAsync();
        if (_full)
        {
            await Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished);
            var rest = new TransferInput(_step, _opening! with { Lanes = _wanted });
            throw Workflow.CreateContinueAsNewException((TransferWorkflow transfer) => transfer.RunAsync(rest));
        }
    }

    /// <summary>One lane that cannot go on stops the others; they end at their next chunk, and then the first failure is everybody's.</summary>
    private async Task SettleAsync()
    {
        if (_lanes.Values.FirstOrDefault(l => l.IsFaulted) is not { } failed)
        {
            await Workflow.WhenAllAsync(_lanes.Values);
            return;
        }

        _stop.Cancel();
        await Workflow.WaitConditionAsync(() => _lanes.Values.All(l => l.IsCompleted), CancellationToken.None);
        await failed;
    }

    private async Task RunLaneAsync(int lane)
    {
        for (var slice = 0; !_full && lane <= _wanted; slice++)
        {
            var reference = Lane(lane, slice);
            var report = await Workflow.ExecuteActivityAsync(
                (ITransferActivities transfers) => transfers.RunLaneAsync(reference), ActivityTimeouts.Step($"Lane {lane}", _stop.Token));
            Progress = report.Progress;
            if (report.End == LaneEnd.NothingLeft)
            {
                return;
            }

            _full = _full || Workflow.CurrentHistoryLength > LongestHistory || Workflow.ContinueAsNewSuggested;
        }

        if (lane > _wanted)
        {
            // Forgotten, so that a later wish for more lanes starts it again.
            _lanes.Remove(lane);
        }
    }

    private Task<bool> ExtendAsync() => Workflow.ExecuteActivityAsync(
        (ITransferActivities transfers) => transfers.ExtendTransferAsync(Lane(0, 0)), ActivityTimeouts.Step("Look for late rows", Workflow.CancellationToken));

    private LaneReference Lane(int lane, int slice) => new(_step, _opening!, lane, SliceLength.Of(slice));
}
