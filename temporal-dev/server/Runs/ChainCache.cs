using TemporalDev.Server.Engine;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Timers;

namespace TemporalDev.Server.Runs;

/// <summary>The chains in memory. The least recently used ones leave when all together are too large; those in use stay.</summary>
internal sealed class ChainCache(IStore store, TimeProvider time, Announcer announcer)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ChainKey, Chain> _chains = [];
    private long _clock;
    private long _bytes;

    /// <summary>Some two thousand small workflows; who comes back after that is read from the store.</summary>
    public long CapacityBytes { get; init; } = 24 * 1024 * 1024;

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
                _chains[key] = chain = new Chain(key);
                _bytes += chain.CountedBytes;
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
        var bytes = chain.Bytes;
        lock (_gate)
        {
            _bytes += bytes - chain.CountedBytes;
            chain.CountedBytes = bytes;
        }

        chain.Lock.Release();
        Leave(chain);
    }

    private void Leave(Chain chain)
    {
        lock (_gate)
        {
            chain.Holders--;
            if (_bytes > CapacityBytes)
            {
                Evict();
            }
        }
    }

    /// <summary>A tenth more than has to go, so that it is not done for every chain.</summary>
    private void Evict()
    {
        foreach (var chain in _chains.Values.Where(chain => chain.Holders == 0).OrderBy(chain => chain.LastUsed).ToList())
        {
            if (_bytes <= CapacityBytes - (CapacityBytes / 10))
            {
                return;
            }

            _chains.Remove(chain.Key);
            _bytes -= chain.CountedBytes;
        }
    }
}
