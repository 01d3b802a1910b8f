using System.Diagnostics.CodeAnalysis;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Client;

namespace Temporalio.Testing;

/// <summary>
/// Unlocks the service's time while somebody waits for what only time can bring. The service counts locks and starts with one,
/// so at most one of those who wait may give it back at a time.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "A semaphore whose wait handle nobody takes holds nothing.")]
internal sealed class AutoTimeSkipping(TestService service)
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _waiting;
    private int _disabled;

    public IDisposable Disable()
    {
        Interlocked.Increment(ref _disabled);
        return new Enabled(this);
    }

    public async Task<T> WhileUnlockedAsync<T>(Func<Task<T>> wait)
    {
        if (Volatile.Read(ref _disabled) > 0)
        {
            return await wait();
        }

        await EnterAsync();
        try
        {
            return await wait();
        }
        finally
        {
            await LeaveAsync();
        }
    }

    /// <summary>Time stands locked again at the very end of the delay, unless results are awaited meanwhile.</summary>
    public async Task DelayAsync(TimeSpan delay, CancellationToken cancellation)
    {
        var now = (await service.GetCurrentTimeAsync(new Empty(), new() { CancellationToken = cancellation })).Time;
        var until = now + Duration.FromTimeSpan(delay);
        await _gate.WaitAsync(cancellation);
        var isUnlocked = _waiting > 0;
        try
        {
            if (!isUnlocked)
            {
                // Another delay may have been before this one.
                now = (await service.GetCurrentTimeAsync(new Empty(), new() { CancellationToken = cancellation })).Time;
                await service.UnlockTimeSkippingWithSleepAsync(new() { Duration = until - now }, new() { CancellationToken = cancellation });
            }
        }
        finally
        {
            _gate.Release();
        }

        if (isUnlocked)
        {
            await service.SleepUntilAsync(new() { Timestamp = until }, new() { CancellationToken = cancellation });
        }
    }

    private async Task EnterAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_waiting == 0)
            {
                await service.UnlockTimeSkippingAsync(new());
            }

            _waiting++;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task LeaveAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (--_waiting == 0)
            {
                await service.LockTimeSkippingAsync(new());
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private sealed class Enabled(AutoTimeSkipping skipping) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref skipping._disabled);
            }
        }
    }
}
