using Temporalio.Activities;

namespace Orchestrator.Activities;

/// <summary>
/// Heartbeats for as long as an activity works, whatever it waits for: a statement that takes minutes must not look like a dead
/// worker, and a cancellation only arrives with a heartbeat's answer.
/// </summary>
internal sealed class Pulse : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly CancellationTokenSource _stop = new();
    private readonly ActivityExecutionContext _activity;
    private readonly Task _beating;
    private object?[] _details = [];

    public Pulse(ActivityExecutionContext activity, TimeProvider time)
    {
        _activity = activity;
        _beating = BeatAsync(time);
    }

    public void Report(object details)
    {
        _details = [details];
        _activity.Heartbeat(details);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _beating;
        _stop.Dispose();
    }

    private async Task BeatAsync(TimeProvider time)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                _activity.Heartbeat(_details);
            }
        }
        catch (OperationCanceledException)
        {
            // The activity has ended.
        }
    }
}
