using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Timers;

namespace TemporalDev.Server.Runs;

/// <summary>The chains in memory. The least recently used ones leave when there are too many; those in use stay.</summary>
internal sealed class ChainCache(IStore store, TimeProvider time, Announcer announcer)
{
    /// <summary>A chain is some 10 kB; this keeps the cache around 20 MB.</summary>
    private const int Capacity = 2000;
    private const int EvictedAtOnce = Capacity / 10;

    private readonly Lock _gate = new();
    private readonly Dictionary<ChainKey, Chain> _chains = [];
    private long _clock;

    /// <summary>A few commits: whoever has begun one is done by then, and who waits could not have written sooner.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs whose last commit took place or not: whoever asked for it was told to ask again, but the task queues and timers were told nothing.</summary>
    public DueTimes<RunKey> Doubtful { get; } = new(time);

    public async Task<ChainLease> EnterAsync(ChainKey key, CancellationToken cancellation)
    {
        Chain chain;
        lock (_gate)
        {
            if (!_chains.TryGetValue(key, out chain!))
            {
                Evict();
                _chains[key] = chain = new Chain(key);
            }

            chain.Holders++;
            chain.LastUsed = ++_clock;
        }

        try
        {
            await chain.Lock.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Leave(chain);
            throw;
        }

        return new ChainLease(chain, this, store, time, announcer);
    }

    /// <summary>For who holds another chain: null when this one is not in memory, or somebody keeps its lock.</summary>
    public async Task<ChainLease?> TryEnterAsync(ChainKey key)
    {
        Chain? chain;
        lock (_gate)
        {
            if (!_chains.TryGetValue(key, out chain))
            {
                return null;
            }

            chain.Holders++;
            chain.LastUsed = ++_clock;
        }

        if (await chain.Lock.WaitAsync(Patience))
        {
            return new ChainLease(chain, this, store, time, announcer);
        }

        Leave(chain);
        return null;
    }

    public void Doubt(IReadOnlyList<Transition> steps)
    {
        foreach (var step in steps)
        {
            Doubtful.Set(step.State.Key, DateTimeOffset.MinValue);
        }
    }

    public void Exit(Chain chain)
    {
        chain.Lock.Release();
        Leave(chain);
    }

    private void Leave(Chain chain)
    {
        lock (_gate)
        {
            chain.Holders--;
        }
    }

    private void Evict()
    {
        if (_chains.Count < Capacity)
        {
            return;
        }

        var idle = _chains.Values.Where(chain => chain.Holders == 0).OrderBy(chain => chain.LastUsed).Take(EvictedAtOnce).ToList();
        foreach (var chain in idle)
        {
            _chains.Remove(chain.Key);
        }
    }
}
