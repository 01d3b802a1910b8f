using System.Collections.Concurrent;

namespace Temporalio.Worker;

/// <summary>
/// Looks after activations that do not come back. A thread cannot be stopped, so its task is answered as failed in its
/// place, and the run is not used again until the thread returns.
/// </summary>
internal sealed class DeadlockWatch : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // A cold process compiles as it goes: its first workflows are slow, not stuck. 30 seconds is a guess.
    private static readonly TimeSpan ColdLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ColdFor = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, Watched> _running = new();
    private readonly TimeProvider _time;
    private readonly Action<string, string> _fail;
    private readonly long _born;
    private readonly ITimer? _timer;
    private bool _released;

    /// <param name="fail">Gets the run id and the reason.</param>
    public DeadlockWatch(TimeProvider time, bool disabled, Action<string, string> fail)
    {
        _time = time;
        _fail = fail;
        _born = time.GetTimestamp();
        _timer = disabled ? null : time.CreateTimer(_ => Look(), null, Interval, Interval);
    }

    public Watched Enter(string runId, string workflow)
    {
        var watched = new Watched(this, runId, workflow, Environment.CurrentManagedThreadId, _time.GetTimestamp());
        _running[runId] = watched;
        return watched;
    }

    /// <summary>Completes at once unless the run's thread is still in its code.</summary>
    public Task WhenReleasedAsync(string runId) => !_released && _running.TryGetValue(runId, out var watched) ? watched.Returned : Task.CompletedTask;

    /// <summary>The worker ends: threads that never return must not keep it.</summary>
    public void ReleaseStuck()
    {
        _released = true;
        foreach (var watched in _running.Values.Where(watched => watched.IsAnswered))
        {
            watched.Dispose();
        }
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        var limit = _time.GetElapsedTime(_born) < ColdFor ? ColdLimit : Limit;
        foreach (var (runId, watched) in _running)
        {
            if (_time.GetElapsedTime(watched.Started) > limit && watched.TryAnswer())
            {
                _fail(runId, $"[TMPRL1101] Potential deadlock detected: workflow {watched.Workflow} did not yield within {limit.TotalSeconds} seconds on thread {watched.Thread}. " +
                    "Something in it blocks (Wait, Result, Thread.Sleep, a lock, I/O) or computes for too long: that belongs into an activity.");
            }
        }
    }

    public sealed class Watched(DeadlockWatch watch, string runId, string workflow, int thread, long started) : IDisposable
    {
        private readonly TaskCompletionSource _returned = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _answered;

        public string Workflow => workflow;

        public int Thread => thread;

        public long Started => started;

        public bool IsAnswered => Volatile.Read(ref _answered) != 0;

        public Task Returned => _returned.Task;

        /// <summary>True for the first who asks: the thread that ran the code, or the watch that gave it up.</summary>
        public bool TryAnswer() => Interlocked.Exchange(ref _answered, 1) == 0;

        public void Dispose()
        {
            watch._running.TryRemove(new(runId, this));
            _returned.TrySetResult();
        }
    }
}
