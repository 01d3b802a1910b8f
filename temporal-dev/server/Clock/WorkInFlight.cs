using TemporalDev.Server.Engine;

namespace TemporalDev.Server.Clock;

/// <summary>What somebody works on right now, so that time has to pass as it really does.</summary>
internal sealed class WorkInFlight
{
    private readonly HashSet<RunKey> _busy = [];
    private int _holds;

    public bool IsIdle => _holds == 0 && _busy.Count == 0;

    public void Observe(RunState state)
    {
        _ = IsBusy(state) ? _busy.Add(state.Key) : _busy.Remove(state.Key);
    }

    public void Hold() => _holds++;

    public void Release() => _holds--;

    /// <summary>
    /// Whether a worker or this server has something to do for the run. A task that waits for a worker counts: skipping time
    /// would let it time out before the worker of a test has come up.
    /// </summary>
    public static bool IsBusy(RunState state) =>
        state.Outbox.Count > 0
        || (state.IsOpen && (state.WorkflowTask is not null
            || state.Activities.Values.Any(activity => activity.IsStarted || activity.IsReady)));
}
