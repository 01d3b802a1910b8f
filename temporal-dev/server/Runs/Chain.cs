using TemporalDev.Server.Engine;

namespace TemporalDev.Server.Runs;

/// <summary>All runs of one workflow id, behind one lock: starting, continuing and resetting touch two of them at once.</summary>
internal sealed class Chain(ChainKey key)
{
    /// <summary>Its lock, its dictionary and its name.</summary>
    private const long EmptyBytes = 500;

    public ChainKey Key => key;

    public SemaphoreSlim Lock { get; } = new(1, 1);

    public Dictionary<string, LoadedRun> Runs { get; } = [];

    public string? CurrentRunId { get; set; }

    /// <summary>False until the store has been asked which run is the current one.</summary>
    public bool IsCurrentKnown { get; set; }

    /// <summary>How many hold or await the lock; guarded by the cache's own lock.</summary>
    public int Holders { get; set; }

    public long LastUsed { get; set; }

    /// <summary>What the cache has counted for this chain; guarded by the cache's own lock.</summary>
    public long CountedBytes { get; set; } = EmptyBytes;

    /// <summary>To be asked by who holds the lock.</summary>
    public long Bytes => EmptyBytes + Runs.Values.Sum(run => run.Bytes);

    /// <summary>Closed runs that have had no part in a new beginning: a workflow that continues for ever would leave one after the other here.</summary>
    public void KeepOnly(IReadOnlyList<Transition> steps)
    {
        foreach (var closed in Runs.Values.Where(run => !run.State.IsOpen).Select(run => run.State.RunId).Except(steps.Select(step => step.State.RunId)).ToList())
        {
            Runs.Remove(closed);
        }
    }

    /// <summary>After a commit whose outcome is unknown, or a deletion, nothing in memory can be trusted.</summary>
    public void Forget()
    {
        Runs.Clear();
        CurrentRunId = null;
        IsCurrentKnown = false;
    }
}
