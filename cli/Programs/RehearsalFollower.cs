using Orchestrator.Cli.Rendering;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Cli.Programs;

/// <summary>Shows a rehearsal until it ends.</summary>
internal sealed class RehearsalFollower(TemporalLine line, string id, IFollowView view, TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private string _doing = "";
    private string? _trouble;
    private int _shown;

    public async Task<RehearsalOutcome> FollowAsync(CancellationToken cancel)
    {
        while (true)
        {
            var status = await TryLookAsync(cancel);
            if (status is not null)
            {
                Show(status);
            }

            // Not before the clones are gone: ending the stack now would leave them.
            if (status is { Outcome: { } outcome, Doing: "Closed" })
            {
                return outcome;
            }

            await Task.Delay(Interval, time, cancel);
        }
    }

    private async Task<RehearsalStatus?> TryLookAsync(CancellationToken cancel)
    {
        var handle = line.Client.GetWorkflowHandle<RehearsalWorkflow, RehearsalOutcome>(id);
        try
        {
            var description = await handle.DescribeAsync(new() { Rpc = new() { Timeout = Patience, CancellationToken = cancel } });
            if (description.Status is not (WorkflowExecutionStatus.Running or WorkflowExecutionStatus.Completed))
            {
                // Failed, terminated, cancelled, timed out: throws which of them, and why.
                await handle.GetResultAsync(rpcOptions: new() { CancellationToken = cancel });
            }

            await ShowTroubleAsync(description, cancel);

            return await handle.QueryAsync(r => r.Status, new WorkflowQueryOptions { Rpc = new() { Timeout = Patience, CancellationToken = cancel } });
        }
        catch (Exception e) when (e is WorkflowQueryFailedException || (e is RpcException rpc && TemporalLine.IsAway(rpc) && !cancel.IsCancellationRequested))
        {
            // A worker that starts, or a service that is started again: it comes back.
            return null;
        }
    }

    /// <summary>What is tried again, in the rehearsal itself or in the batch that it rehearses.</summary>
    private async Task ShowTroubleAsync(WorkflowExecutionDescription rehearsal, CancellationToken cancel)
    {
        var trouble = Trouble.Find(rehearsal);
        if (rehearsal.RawDescription.PendingChildren.FirstOrDefault() is { } child)
        {
            trouble ??= Trouble.Find(await line.Client.GetWorkflowHandle(child.WorkflowId).DescribeAsync(new() { Rpc = new() { Timeout = Patience, CancellationToken = cancel } }));
        }

        if (trouble is not null && trouble.Failure != _trouble)
        {
            view.Show(new FollowEvent(FollowKind.Note, null, trouble.Act, "Retrying", trouble.Sentence));
        }

        _trouble = trouble?.Failure;
    }

    private void Show(RehearsalStatus status)
    {
        if (status.Doing != _doing && status.Doing.Length > 0)
        {
            _doing = status.Doing;
            view.Show(new FollowEvent(FollowKind.Step, null, id, status.Doing, status.Doing));
        }

        for (; _shown < status.Batches.Count; _shown++)
        {
            var batch = status.Batches[_shown];
            view.Show(new FollowEvent(FollowKind.Batch, batch.Batch, null, batch.Failure is null ? "Pass" : "Fail", Describe(batch)));
            foreach (var left in batch.LeftBehind)
            {
                view.Show(new FollowEvent(FollowKind.Note, batch.Batch, null, "LeftBehind", $"left behind: {left}"));
            }

            foreach (var other in batch.NotRepeated)
            {
                view.Show(new FollowEvent(FollowKind.Note, batch.Batch, null, "NotRepeated", $"different the second time: {other}"));
            }
        }
    }

    private static string Describe(BatchRehearsal batch) => batch switch
    {
        { Failure: { } failure } => $"{batch.Title}: failed. {failure}",
        { WasThere: true } => $"{batch.Title}: was there already, nothing to rehearse",
        _ => $"{batch.Title}: forward {batch.Forward.TotalSeconds:0.0} s, back {batch.Back.TotalSeconds:0.0} s, forward again {batch.Again.TotalSeconds:0.0} s; everything was taken back",
    };
}
