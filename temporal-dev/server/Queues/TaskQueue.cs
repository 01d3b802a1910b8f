namespace TemporalDev.Server.Queues;

/// <summary>Who polls: a name for people, and the worker's own key.</summary>
internal sealed record PollerId(string Identity, string InstanceKey);

internal sealed record PollerRecord(string Identity, DateTimeOffset LastPoll);

/// <summary>One queue: either tasks wait or polls do, never both.</summary>
internal sealed class TaskQueue(TimeProvider time)
{
    /// <summary>A worker polls again within moments; one that has not for this long is gone.</summary>
    private static readonly TimeSpan PollerGone = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollerForgotten = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiting> _backlog = [];
    private readonly LinkedList<Poll> _polls = [];
    private readonly Dictionary<string, DateTimeOffset> _pollers = [];
    private readonly Dictionary<string, DateTimeOffset> _dismissed = [];
    private DateTimeOffset _lastPoll = DateTimeOffset.MinValue;
    private bool _isAbandoned;

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

    /// <summary>How long the task at its head has waited.</summary>
    public TimeSpan BacklogAge
    {
        get
        {
            lock (_gate)
            {
                return _backlog.First is { } first ? time.GetUtcNow() - first.Value.Since : TimeSpan.Zero;
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

    /// <summary>
    /// For a queue of one worker. Its connection breaks when it dies, and takes its polls along: then nobody has to wait until the worker
    /// counts as gone. A living one that meant to leave polls again, and loses nothing but its cache meanwhile.
    /// </summary>
    public bool IsAttended
    {
        get
        {
            lock (_gate)
            {
                return _polls.Count > 0 || (!_isAbandoned && time.GetUtcNow() - _lastPoll < PollerGone);
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

    public void Publish(QueuedTask task) => Add(task, (list, waiting) => list.AddLast(waiting));

    /// <summary>For a task that was taken and could not be handed over.</summary>
    public void PutBack(QueuedTask task) => Add(task, (list, waiting) => list.AddFirst(waiting));

    /// <summary>The next task, or null when none came in time.</summary>
    public async Task<QueuedTask?> TakeAsync(PollerId poller, TimeSpan wait, CancellationToken cancellation)
    {
        var poll = new Poll(poller.InstanceKey);
        lock (_gate)
        {
            if (_dismissed.ContainsKey(poller.InstanceKey))
            {
                return null;
            }

            Seen(poller.Identity);
            if (_backlog.First is { } first)
            {
                _backlog.RemoveFirst();
                return first.Value.Task;
            }

            _polls.AddLast(poll);
        }

        using var timer = time.CreateTimer(_ => GiveUp(poll), null, wait, Timeout.InfiniteTimeSpan);
        await using var registration = cancellation.Register(() => Abandon(poll));
        return await poll.Taken.Task;
    }

    /// <summary>A sticky poll shows that the worker of the normal queue lives, too.</summary>
    public void Note(string identity)
    {
        lock (_gate)
        {
            Seen(identity);
        }
    }

    /// <summary>
    /// Ends the polls of one worker, which is shutting down and waits for them: those that are here, and one that the farewell has
    /// overtaken on its way.
    /// </summary>
    public void Dismiss(string instanceKey)
    {
        if (instanceKey.Length == 0)
        {
            return;
        }

        lock (_gate)
        {
            var now = time.GetUtcNow();
            foreach (var (forgotten, _) in _dismissed.Where(dismissed => dismissed.Value < now - PollerForgotten).ToList())
            {
                _dismissed.Remove(forgotten);
            }

            _dismissed[instanceKey] = now;
            foreach (var poll in _polls.Where(poll => poll.InstanceKey == instanceKey).ToList())
            {
                _polls.Remove(poll);
                poll.Taken.TrySetResult(null);
            }
        }
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

    private void Add(QueuedTask task, Action<LinkedList<Waiting>, Waiting> enqueue)
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

            enqueue(_backlog, new Waiting(task, time.GetUtcNow()));
        }
    }

    private void Abandon(Poll poll)
    {
        lock (_gate)
        {
            GiveUp(poll);
            _isAbandoned = true;
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

    private void Seen(string identity)
    {
        _lastPoll = time.GetUtcNow();
        _isAbandoned = false;
        _pollers[identity] = _lastPoll;
    }

    private sealed record Waiting(QueuedTask Task, DateTimeOffset Since);

    private sealed class Poll(string instanceKey)
    {
        public string InstanceKey => instanceKey;

        public TaskCompletionSource<QueuedTask?> Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
