using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Status;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Programs;

/// <summary>Shows a program until it ends, or until the person leaves.</summary>
internal sealed class ProgramFollower(
    TemporalLine line, string program, IFollowView view, Approver? approver, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan WorthAWord = TimeSpan.FromSeconds(8);

    private readonly Pace _pace = new();
    private ProgramLook? _last;
    private DateTimeOffset? _silentSince;
    private bool _saidSilent;

    /// <summary>The outcome, or null when the person left.</summary>
    public async Task<ProgramOutcome?> FollowAsync(CancellationToken cancel)
    {
        var end = EndAsync(cancel);
        while (!end.IsCompleted)
        {
            if (await LookAsync(cancel) is { } look && await TendAsync(look, cancel))
            {
                return null;
            }

            await Task.WhenAny(end, Task.Delay(Interval, time, cancel));
            cancel.ThrowIfCancellationRequested();
        }

        var outcome = await end;
        await LookAsync(cancel);
        return outcome;
    }

    private Task<ProgramOutcome> EndAsync(CancellationToken cancel) => line.PersistAsync(
        (client, leaving) => client.GetWorkflowHandle<ProgramWorkflow, ProgramOutcome>(program).GetResultAsync(rpcOptions: new() { CancellationToken = leaving }),
        Timeout.InfiniteTimeSpan,
        cancel);

    private async Task<bool> TendAsync(ProgramLook look, CancellationToken cancel)
    {
        try
        {
            return approver is not null && await approver.TendAsync(look, cancel);
        }
        // Not found: the batch has ended while the person was thinking, and the next look shows how.
        catch (RpcException e) when ((TemporalLine.IsAway(e) || e.Code == RpcException.StatusCode.NotFound) && !cancel.IsCancellationRequested)
        {
            SaySilent(e);
            return false;
        }
    }

    private async Task<ProgramLook?> LookAsync(CancellationToken cancel)
    {
        try
        {
            var look = await ProgramLook.TakeAsync(line.Client, program, _last, cancel);
            _silentSince = null;
            _saidSilent = false;
            Show(look);
            _last = look;
            return look;
        }
        catch (Exception e) when (e is RpcException or WorkflowQueryFailedException && !cancel.IsCancellationRequested)
        {
            // A worker that starts, a service that is started again: it comes back, or a person reads this and looks why not.
            SaySilent(e);
            return null;
        }
    }

    private void Show(ProgramLook look)
    {
        foreach (var batch in look.Batches)
        {
            foreach (var happened in StatusDiff.Between(_last?.Batches.FirstOrDefault(b => b.Batch == batch.Batch), batch))
            {
                view.Show(happened);
            }
        }

        // Said once for each new failure, not for each attempt.
        if (look.Trouble is { } trouble && trouble.Failure != _last?.Trouble?.Failure)
        {
            view.Show(new FollowEvent(FollowKind.Note, look.Current?.Batch, trouble.Act, "Retrying", trouble.Sentence));
        }

        if (StatusDiff.Page(_last?.Program.Artifacts ?? [], look.Program.Artifacts) is { } page)
        {
            view.Show(page);
        }

        if (look is { Progress: { } progress, Current: { } current } && current.Steps.FirstOrDefault(s => s.Phase == StepPhase.Running) is { } step)
        {
            _pace.See(time.GetUtcNow(), progress.Walked);
            view.ShowProgress(current.Batch, step.Title, _pace.Describe(progress));
        }
    }

    private void SaySilent(Exception e)
    {
        _silentSince ??= time.GetUtcNow();
        if (!_saidSilent && time.GetUtcNow() - _silentSince > WorthAWord)
        {
            _saidSilent = true;
            view.Show(new FollowEvent(FollowKind.Note, null, null, "Waiting", $"No answer from the program yet; is a worker running? ({e.Message})"));
        }
    }
}
