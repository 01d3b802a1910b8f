using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>The request ids of the signals that a run has received, so that one that is sent again is not received again.</summary>
internal sealed class SignalIds
{
    private readonly HashSet<string> _all = [];
    private readonly List<string> _uncommitted = [];

    public bool Contains(string requestId) => _all.Contains(requestId);

    /// <summary>Events that are no signals, or signals without an id, say nothing.</summary>
    public void Note(HistoryEvent item)
    {
        if (item.WorkflowExecutionSignaledEventAttributes is { RequestId: { Length: > 0 } id } && _all.Add(id))
        {
            _uncommitted.Add(id);
        }
    }

    public void Commit() => _uncommitted.Clear();

    public void Rollback()
    {
        _all.ExceptWith(_uncommitted);
        _uncommitted.Clear();
    }
}
