using TemporalDev.Server.Engine;

namespace TemporalDev.Server.Runs;

/// <summary>
/// A child's end in the history of its parent, in the very commit that closes the child. Only when the parent is in memory and nobody
/// uses it for longer than a moment: to wait for it with the child's lock held could be for ever, and the courier comes anyway.
/// </summary>
internal sealed class ParentNotice(ChainLease parent, Transition step) : IDisposable
{
    public ChainLease Parent => parent;

    public Transition Step => step;

    public static async Task<ParentNotice?> TryTakeAsync(ChainCache cache, IReadOnlyList<Transition> steps)
    {
        foreach (var child in steps)
        {
            if (MessageOf(child) is { } message && await TryTakeAsync(cache, child, message) is { } notice)
            {
                return notice;
            }
        }

        return null;
    }

    public void Dispose() => parent.Dispose();

    private static OutboxMessage? MessageOf(Transition child) =>
        child.State.Outbox.Find(message => message.Kind == OutboxKind.ParentNotification);

    private static async Task<ParentNotice?> TryTakeAsync(ChainCache cache, Transition child, OutboxMessage message)
    {
        var started = child.State.Started;
        if (child.Events.FirstOrDefault(item => item.EventId == message.EventId) is not { } close
            || await cache.TryEnterAsync(new ChainKey(started.ParentWorkflowNamespaceId, started.ParentWorkflowExecution.WorkflowId)) is not { } lease)
        {
            return null;
        }

        try
        {
            if (lease.Loaded(started.ParentWorkflowExecution.RunId) is { State: { IsOpen: true, ResetRunId: null } } run
                && run.State.Children.TryGetValue(started.ParentInitiatedEventId, out var pending)
                // A parent that has not noted the child's start yet hears of both from the courier, in their order.
                && pending.IsStarted && pending.WorkflowId == child.State.WorkflowId)
            {
                var step = lease.Begin(run);
                Children.Closed(step, pending, close, child.State.RunId);
                step.Finish();
                child.Delivered(message.Id);
                return new ParentNotice(lease, step);
            }
        }
        catch
        {
            lease.Forget();
            lease.Dispose();
            throw;
        }

        lease.Dispose();
        return null;
    }
}
