using System.Collections.Concurrent;

namespace TemporalDev.Server.Runs;

/// <summary>Wakes long polls when the run that they watch has changed.</summary>
internal sealed class RunSignals
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _waiting = [];

    /// <summary>Completes at the next change of the run. Take it before reading the state, so that no change is missed.</summary>
    public Task NextChange(string runId) =>
        _waiting.GetOrAdd(runId, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Changed(string runId)
    {
        if (_waiting.TryRemove(runId, out var waiting))
        {
            waiting.TrySetResult();
        }
    }
}
