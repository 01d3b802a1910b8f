using Microsoft.Extensions.Logging;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>The signal and update handlers that are running right now.</summary>
internal sealed class RunHandlers(RunState state)
{
    private readonly LinkedList<Handler> _running = [];

    public bool AllFinished => _running.Count == 0;

    public IDisposable Enter(string kind, string name, string? id, HandlerUnfinishedPolicy policy) =>
        new Running(_running.AddLast(new Handler(kind, name, id, policy)));

    /// <summary>The workflow ends: what its handlers still meant to do will not happen, and their callers get an error.</summary>
    public void WarnAboutUnfinished()
    {
        var abandoned = _running.Where(handler => handler.Policy == HandlerUnfinishedPolicy.WarnAndAbandon).ToList();
        if (abandoned.Count == 0 || state.IsReplayingHistoryEvents)
        {
            return;
        }

        state.Logger.LogWarning(
            "[TMPRL1102] Workflow {WorkflowId} ended while handlers were running, which are now abandoned: {Handlers}. " +
            "Wait with Workflow.WaitConditionAsync(() => Workflow.AllHandlersFinished), or set UnfinishedPolicy to Abandon.",
            state.Info.WorkflowId,
            string.Join(", ", abandoned.Select(handler => handler.Id == null ? $"{handler.Kind} {handler.Name}" : $"{handler.Kind} {handler.Name} ({handler.Id})")));
    }

    private sealed record Handler(string Kind, string Name, string? Id, HandlerUnfinishedPolicy Policy);

    private sealed class Running(LinkedListNode<Handler> place) : IDisposable
    {
        public void Dispose() => place.List?.Remove(place);
    }
}
