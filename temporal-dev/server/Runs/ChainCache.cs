using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;

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

    /// <summary>Without waiting: null when the chain is not in memory, or somebody has its lock.</summary>
    public ChainLease? TryEnter(ChainKey key)
    {
        lock (_gate)
        {
            if (!_chains.TryGetValue(key, out var chain) || !chain.Lock.Wait(0))
            {
                return null;
            }

            chain.Holders++;
            chain.LastUsed = ++_clock;
            return new ChainLease(chain, this, store, time, announcer);
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
