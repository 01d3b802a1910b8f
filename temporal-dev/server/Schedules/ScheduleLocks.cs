namespace TemporalDev.Server.Schedules;

/// <summary>One lock a schedule, there while somebody holds or awaits it.</summary>
internal sealed class ScheduleLocks
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ScheduleKey, Entry> _entries = [];

    public async Task<IDisposable> EnterAsync(ScheduleKey key, CancellationToken cancellation)
    {
        Entry entry;
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out entry!))
            {
                _entries[key] = entry = new Entry();
            }

            entry.Holders++;
        }

        try
        {
            await entry.Free.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            Leave(key, entry);
            throw;
        }

        return new Hold(this, key, entry);
    }

    private void Leave(ScheduleKey key, Entry entry)
    {
        lock (_gate)
        {
            if (--entry.Holders == 0)
            {
                _entries.Remove(key);
            }
        }
    }

    private sealed class Entry
    {
        public SemaphoreSlim Free { get; } = new(1, 1);

        public int Holders { get; set; }
    }

    private sealed class Hold(ScheduleLocks locks, ScheduleKey key, Entry entry) : IDisposable
    {
        public void Dispose()
        {
            entry.Free.Release();
            locks.Leave(key, entry);
        }
    }
}
