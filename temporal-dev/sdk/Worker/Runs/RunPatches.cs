namespace Temporalio.Worker.Runs;

internal sealed class RunPatches(RunState state)
{
    private readonly HashSet<string> _inHistory = [];
    private readonly Dictionary<string, bool> _decided = [];

    public void NotifyInHistory(string patchId) => _inHistory.Add(patchId);

    /// <summary>Decided once a run, at the first question: on by itself for code that runs for the first time.</summary>
    public bool IsPatched(string patchId, bool deprecated)
    {
        state.Commands.ThrowIfReadOnly();
        if (_decided.TryGetValue(patchId, out var known))
        {
            return known;
        }

        var patched = !state.IsReplaying || _inHistory.Contains(patchId);
        _decided.Add(patchId, patched);
        if (patched)
        {
            state.Commands.Add(new() { SetPatchMarker = new() { PatchId = patchId, Deprecated = deprecated } });
        }

        return patched;
    }
}
