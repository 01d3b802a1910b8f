using Microsoft.Extensions.Logging;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Status;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Orchestrator.Workflows;

/// <summary>Tells what a batch is doing: to queries, to the details and search attributes of the plain Temporal UI, to people elsewhere.</summary>
internal sealed class Narrator(BatchReference batch, BatchBoard board, Reins reins, GateKeeper gate)
{
    private readonly List<Task> _notices = [];
    private BatchOutline? _outline;
    private string? _indexed;

    public BatchStatus Status => board.Read(reins.Paused, gate);

    public void Open(BatchOutline outline)
    {
        _outline = outline;
        board.Open(outline);
        Workflow.UpsertMemo(
            MemoUpdate.ValueSet("plan", outline.Plan),
            MemoUpdate.ValueSet("digest", batch.Run.Plan),
            MemoUpdate.ValueSet("requester", batch.Run.Requester));
    }

    public void Resume(BatchCarry carry)
    {
        _outline = carry.Outline;
        board.Resume(carry);
    }

    public void Enter(BatchPhase phase)
    {
        board.Phase = phase;
        Tell();
    }

    public void Show(StepOutline step, StepPhase phase, string? note = null)
    {
        board.Show(step, phase, note);
        Tell();
    }

    public void Show(StepOutline step, StepPhase phase, StepEffect effect)
    {
        board.Show(step, phase, effect);
        Tell();
    }

    public void Tell()
    {
        var status = Status;
        Workflow.CurrentDetails = Story.Tell(status);
        Index(status);
    }

    /// <summary>Nothing waits for it: a channel that is down must not hold a batch.</summary>
    public void Notify(NoticeKind kind, string text, params IReadOnlyList<string> addressees)
    {
        if (_outline is not { IsNotified: true })
        {
            return;
        }

        _notices.RemoveAll(n => n.IsCompleted);
        _notices.Add(DeliverAsync(new Notice(batch, _outline.Title, kind, text, addressees)));
    }

    /// <summary>Gives what is still being delivered a moment; what is not through by then ends with the workflow.</summary>
    public async Task CloseAsync()
    {
        var delivered = Workflow.WhenAllAsync(_notices);
        if (!delivered.IsCompleted)
        {
            await Workflow.WhenAnyAsync(delivered, Workflow.DelayWithOptionsAsync(new(ActivityTimeouts.LastNotice, "Let the last notices get through", CancellationToken.None)));
        }
    }

    private async Task DeliverAsync(Notice notice)
    {
        try
        {
            await Workflow.ExecuteActivityAsync(
                (INoticeActivities notices) => notices.NotifyAsync(notice), ActivityTimeouts.Notice($"Tell people: {notice.Kind}"));
        }
        catch (ActivityFailureException e)
        {
            Workflow.Logger.LogWarning(e, "Notice {Kind} was not delivered", notice.Kind);
        }
    }

    // Only what has changed, and only where the service was seen to know these attributes: one that does not fails the workflow task.
    private void Index(BatchStatus status)
    {
        if (_outline is not { IsIndexed: true } outline)
        {
            return;
        }

        var waitingFor = WaitingFor.Describe(status);
        var indexed = $"{status.Phase}\n{waitingFor}";
        if (indexed == _indexed)
        {
            return;
        }

        if (_indexed is null)
        {
            Workflow.UpsertTypedSearchAttributes(
                SearchKeys.Plan.ValueSet(outline.Plan),
                SearchKeys.Batch.ValueSet(batch.Batch),
                SearchKeys.Environment.ValueSet(batch.Run.Environment),
                SearchKeys.Owner.ValueSet(outline.Owner));
        }

        _indexed = indexed;
        Workflow.UpsertTypedSearchAttributes(
            SearchKeys.Phase.ValueSet(status.Paused ? "Paused" : status.Phase.ToString()),
            waitingFor is null ? SearchKeys.WaitingFor.ValueUnset() : SearchKeys.WaitingFor.ValueSet(waitingFor));
    }
}
