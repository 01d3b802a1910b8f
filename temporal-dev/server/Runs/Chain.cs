using TemporalDev.Server.Engine;

namespace TemporalDev.Server.Runs;

/// <summary>All runs of one workflow id, behind one lock: starting, continuing and resetting touch two of them at once.</summary>
internal sealed class Chain(ChainKey key)
{
    public ChainKey Key => key;

    public SemaphoreSlim Lock { get; } = new(1, 1);

    public Dictionary<string, LoadedRun> Runs { get; } = [];

    public string? CurrentRunId { get; set; }

    /// <summary>False until the store has been asked which run is the current one.</summary>
    public bool IsCurrentKnown { get; set; }

    /// <summary>How many hold or await the lock; guarded by the cache's own lock.</summary>
    public int Holders { get; set; }

    public long LastUsed { get; set; }

    /// <summary>After a commit whose outcome is unknown, or a deletion, nothing in memory can be trusted.</summary>
    public void Forget()
    {
        Runs.Clear();
        CurrentRunId = null;
        IsCurrentKnown = false;
    }
}
