namespace Temporalio.Workflows;

/// <summary>SemaphoreSlim for workflows: first come, first served, and the same on replay.</summary>
public class Semaphore
{
    private readonly LinkedList<object> _waiters = [];

    public Semaphore(int initialCount)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(initialCount);
        if (!Workflow.InWorkflow)
        {
            throw new InvalidOperationException("This semaphore works only inside a workflow.");
        }

        Max = initialCount;
        CurrentCount = initialCount;
    }

    public int Max { get; init; }

    public int CurrentCount { get; private set; }

    public Task WaitAsync(CancellationToken? cancellationToken = null) => AcquireAsync(null, cancellationToken);

    /// <param name="millisecondsTimeout">0 does not wait; -1 waits without limit.</param>
    public Task<bool> WaitAsync(int millisecondsTimeout, CancellationToken? cancellationToken = null) =>
        WaitAsync(TimeSpan.FromMilliseconds(millisecondsTimeout), cancellationToken);

    public Task<bool> WaitAsync(TimeSpan timeout, CancellationToken? cancellationToken = null)
    {
        if (timeout == Timeout.InfiniteTimeSpan)
        {
            return AcquireAsync(null, cancellationToken);
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(timeout, TimeSpan.Zero);
        return AcquireAsync(timeout, cancellationToken);
    }

    public void Release()
    {
        if (CurrentCount >= Max)
        {
            throw new InvalidOperationException("The semaphore was released more often than it was taken.");
        }

        CurrentCount++;
    }

    private async Task<bool> AcquireAsync(TimeSpan? timeout, CancellationToken? cancellationToken)
    {
        if (CurrentCount > 0 && _waiters.Count == 0)
        {
            CurrentCount--;
            return true;
        }

        if (timeout == TimeSpan.Zero)
        {
            return false;
        }

        var place = _waiters.AddLast(new object());
        try
        {
            // Taken inside the condition: between its becoming true and this method's going on, another step may run.
            bool Take()
            {
                if (CurrentCount == 0 || _waiters.First != place)
                {
                    return false;
                }

                CurrentCount--;
                _waiters.Remove(place);
                return true;
            }

            return await Workflow.WaitConditionWithOptionsAsync(new(Take, timeout, nameof(Semaphore), cancellationToken));
        }
        finally
        {
            if (place.List != null)
            {
                _waiters.Remove(place);
            }
        }
    }
}
