using TemporalDev.Server.Clock;

namespace TemporalDev.Server.Timers;

/// <summary>When which run, or schedule, wants to be woken, or has messages to be carried: one entry each, the earliest of its deadlines.</summary>
internal sealed class DueTimes<TKey>(TimeProvider time)
    where TKey : class, IEquatable<TKey>
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<TKey, DateTimeOffset> _heap = new();
    private readonly Dictionary<TKey, DateTimeOffset> _due = [];
    private TaskCompletionSource _earlier = NewSource();
    private int _taken;

    /// <summary>When the next key is due; long ago while one that was taken is still being woken.</summary>
    public DateTimeOffset? Earliest
    {
        get
        {
            lock (_gate)
            {
                return _taken > 0 ? DateTimeOffset.MinValue : Head();
            }
        }
    }

    /// <summary>Replaces what was set for the key before.</summary>
    public void Set(TKey key, DateTimeOffset? due)
    {
        lock (_gate)
        {
            if (due is not { } at)
            {
                _due.Remove(key);
                return;
            }

            if (_due.TryGetValue(key, out var known) && known == at)
            {
                return;
            }

            _due[key] = at;
            _heap.Enqueue(key, at);
            if (_heap.Peek().Equals(key))
            {
                _earlier.TrySetResult();
            }
        }
    }

    /// <summary>Sets the time of a key that could not be woken, unless it is to be woken sooner anyway.</summary>
    public void SetAgain(TKey key, DateTimeOffset due)
    {
        lock (_gate)
        {
            if (!_due.TryGetValue(key, out var known) || known > due)
            {
                Set(key, due);
            }
        }
    }

    /// <summary>Waits until a key is due and takes it. Who takes it says <see cref="Done"/> when it has been woken.</summary>
    public async Task<TKey> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Task earlier;
            DateTimeOffset at;
            lock (_gate)
            {
                if (TakeDue() is { } key)
                {
                    return key;
                }

                _earlier = NewSource();
                earlier = _earlier.Task;
                at = Head() ?? DateTimeOffset.MaxValue;
            }

            using var sleep = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            var alarm = time.UntilAsync(at, sleep.Token);
            await Task.WhenAny(earlier, alarm);
            await sleep.CancelAsync();
            cancellation.ThrowIfCancellationRequested();
        }
    }

    public void Done()
    {
        lock (_gate)
        {
            _taken--;
        }
    }

    private TKey? TakeDue()
    {
        if (Head() is not { } at || at > time.GetUtcNow())
        {
            return null;
        }

        var key = _heap.Dequeue();
        _due.Remove(key);
        _taken++;
        return key;
    }

    /// <summary>Entries that were replaced stay in the heap until they come up, and are then recognised by their time.</summary>
    private DateTimeOffset? Head()
    {
        while (_heap.TryPeek(out var key, out var at))
        {
            if (_due.TryGetValue(key, out var known) && known == at)
            {
                return at;
            }

            _heap.Dequeue();
        }

        return null;
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
