namespace TemporalDev.Server.Queues;

internal sealed record PollerRecord(string Identity, DateTimeOffset LastPoll);

/// <summary>One queue: either tasks wait or polls do, never both.</summary>
internal sealed class TaskQueue(TimeProvider time)
{
    /// <summary>A worker polls again within moments; one that has not for this long is gone.</summary>
    private static readonly TimeSpan PollerGone = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollerForgotten = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<QueuedTask> _backlog = [];
    private readonly LinkedList<Poll> _polls = [];
    private readonly Dictionary<string, DateTimeOffset> _pollers = [];
    private DateTimeOffset _lastPoll = DateTimeOffset.MinValue;

    public int Backlog
    {
        get
        {
            lock (_gate)
            {
                return _backlog.Count;
            }
        }
    }

    public bool HasPollers
    {
        get
        {
            lock (_gate)
            {
                return _polls.Count > 0 || time.GetUtcNow() - _lastPoll < PollerGone;
            }
        }
    }

    public IReadOnlyList<PollerRecord> RecentPollers()
    {
        lock (_gate)
        {
            var horizon = time.GetUtcNow() - PollerForgotten;
            return [.. _pollers.Where(poller => poller.Value > horizon).Select(poller => new PollerRecord(poller.Key, poller.Value))];
        }
    }

    public void Publish(QueuedTask task) => Add(task, list => list.AddLast(task));

    /// <summary>For a task that was taken and could not be handed over.</summary>
    public void PutBack(QueuedTask task) => Add(task, list => list.AddFirst(task));

    /// <summary>The next task, or null when none came in time.</summary>
    public async Task<QueuedTask?> TakeAsync(string identity, TimeSpan wait, CancellationToken cancellation)
    {
        var poll = new Poll();
        lock (_gate)
        {
            Note(identity);
            if (_backlog.First is { } first)
            {
                _backlog.RemoveFirst();
                return first.Value;
            }

            _polls.AddLast(poll);
        }

        using var timer = time.CreateTimer(_ => GiveUp(poll), null, wait, Timeout.InfiniteTimeSpan);
        await using var registration = cancellation.Register(() => GiveUp(poll));
        return await poll.Taken.Task;
    }

    public void Retire()
    {
        lock (_gate)
        {
            _lastPoll = DateTimeOffset.MinValue;
            _pollers.Clear();
            foreach (var poll in _polls)
            {
                poll.Taken.TrySetResult(null);
            }

            _polls.Clear();
        }
    }

    private void Add(QueuedTask task, Action<LinkedList<QueuedTask>> enqueue)
    {
        lock (_gate)
        {
            while (_polls.First is { } waiting)
            {
                _polls.RemoveFirst();
                if (waiting.Value.Taken.TrySetResult(task))
                {
                    return;
                }
            }

            enqueue(_backlog);
        }
    }

    private void GiveUp(Poll poll)
    {
        lock (_gate)
        {
            _polls.Remove(poll);
            poll.Taken.TrySetResult(null);
            _lastPoll = time.GetUtcNow();
        }
    }

    private void Note(string identity)
    {
        _lastPoll = time.GetUtcNow();
        _pollers[identity] = _lastPoll;
    }

    private sealed class Poll
    {
        public TaskCompletionSource<QueuedTask?> Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
