using TemporalDev.Server.Engine;

namespace TemporalDev.Server.Queues;

/// <summary>Who polls: a name for people, and the worker's own key.</summary>
internal sealed record PollerId(string Identity, string InstanceKey)
{
    /// <summary>The build that the worker runs, where it tells.</summary>
    public string BuildId { get; init; } = "";

    public TaskTaker Taker => new(Identity, BuildId);
}

internal sealed record PollerRecord(string Identity, DateTimeOffset LastPoll);

/// <summary>One queue: either tasks wait or polls do, never both.</summary>
internal sealed class TaskQueue(TimeProvider time)
{
    /// <summary>A worker polls again within moments; one that has not for this long is gone.</summary>
    private static readonly TimeSpan PollerGone = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan PollerForgotten = TimeSpan.FromMinutes(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiting> _backlog = [];
    private readonly LinkedList<WaitingPoll> _polls = [];
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
                return _polls.Count > 0 || (!_isAbandoned && HasPollers);
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
        var poll = new WaitingPoll(poller, cancellation);
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
        return await poll.Taken;
    }

    /// <summary>Takes out the poll that has waited longest, for a task that is about to be started for it; null when none waits.</summary>
    public WaitingPoll? Reserve()
    {
        lock (_gate)
        {
            if (_polls.First is not { } first)
            {
                return null;
            }

            _polls.RemoveFirst();
            return first.Value;
        }
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
            foreach (var poll in _polls.Where(poll => poll.Poller.InstanceKey == instanceKey).ToList())
            {
                _polls.Remove(poll);
                poll.End(null);
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
                poll.End(null);
            }

            _polls.Clear();
        }
    }

    private void Add(QueuedTask task, Action<LinkedList<Waiting>, Waiting> enqueue)
    {
        lock (_gate)
        {
            if (_polls.First is { } waiting)
            {
                _polls.RemoveFirst();
                waiting.Value.End(task);
                return;
            }

            enqueue(_backlog, new Waiting(task, time.GetUtcNow()));
        }
    }

    private void Abandon(WaitingPoll poll)
    {
        lock (_gate)
        {
            GiveUp(poll);
            _isAbandoned = true;
        }
    }

    private void GiveUp(WaitingPoll poll)
    {
        lock (_gate)
        {
            _lastPoll = time.GetUtcNow();
            if (_polls.Remove(poll))
            {
                poll.End(null);
            }
        }
    }

    private void Seen(string identity)
    {
        _lastPoll = time.GetUtcNow();
        _isAbandoned = false;
        _pollers[identity] = _lastPoll;
    }

    private sealed record Waiting(QueuedTask Task, DateTimeOffset Since);
}
