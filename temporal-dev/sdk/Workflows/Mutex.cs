namespace Temporalio.Workflows;

/// <summary>A lock for workflows: one holder, first come, first served.</summary>
public class Mutex
{
    private readonly Semaphore _semaphore = new(1);

    public Task WaitOneAsync(CancellationToken? cancellationToken = null) => _semaphore.WaitAsync(cancellationToken);

    public Task<bool> WaitOneAsync(int millisecondsTimeout, CancellationToken? cancellationToken = null) =>
        _semaphore.WaitAsync(millisecondsTimeout, cancellationToken);

    public Task<bool> WaitOneAsync(TimeSpan timeout, CancellationToken? cancellationToken = null) =>
        _semaphore.WaitAsync(timeout, cancellationToken);

    public void ReleaseMutex() => _semaphore.Release();
}
