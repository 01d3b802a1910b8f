namespace Temporalio.Worker;

/// <summary>Work that was started and must be over before the worker is.</summary>
internal sealed class TasksInProgress
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _running;
    private bool _closed;

    /// <summary>The first exception that a task ended with. Tasks handle their own; this is for what they do not expect.</summary>
    public Exception? Failure { get; private set; }

    public void Start(Func<Task> work)
    {
        lock (_lock)
        {
            _running++;
        }

        // Nothing that flows with the caller belongs into a task of a workflow or activity.
        using (ExecutionContext.SuppressFlow())
        {
            _ = Task.Run(() => RunAsync(work));
        }
    }

    /// <summary>Completes when all that was started has ended. Nothing may be started afterwards.</summary>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            _closed = true;
            if (_running == 0)
            {
                _drained.TrySetResult();
            }
        }

        return _drained.Task;
    }

    private async Task RunAsync(Func<Task> work)
    {
        Exception? failure = null;
        try
        {
            await work();
        }
#pragma warning disable CA1031 // Kept for the worker, which ends because of it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        lock (_lock)
        {
            Failure ??= failure;
            _running--;
            if (_closed && _running == 0)
            {
                _drained.TrySetResult();
            }
        }
    }
}
