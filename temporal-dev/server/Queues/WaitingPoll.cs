namespace TemporalDev.Server.Queues;

/// <summary>A poll that waits for a task. Whoever takes it off its queue ends it, once.</summary>
internal sealed class WaitingPoll(PollerId poller, CancellationToken cancellation)
{
    private readonly TaskCompletionSource<QueuedTask?> _taken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PollerId Poller => poller;

    public bool IsCanceled => cancellation.IsCancellationRequested;

    public Task<QueuedTask?> Taken => _taken.Task;

    /// <param name="task">Null when there is none for it.</param>
    public void End(QueuedTask? task) => _taken.SetResult(task);
}
