namespace Temporalio.Activities;

/// <summary>The cancellation of one activity: the first reason given stays.</summary>
internal sealed class ActivityCancellation : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private Cause? _cause;

    public ActivityCancelReason Reason => _cause?.Reason ?? ActivityCancelReason.None;

    public ActivityCancellationDetails? Details => _cause?.Details;

    public CancellationToken Token => _source.Token;

    public void Cancel(ActivityCancelReason reason, ActivityCancellationDetails details)
    {
        if (Interlocked.CompareExchange(ref _cause, new(reason, details), null) == null)
        {
            _source.Cancel();
        }
    }

    public void Dispose() => _source.Dispose();

    private sealed record Cause(ActivityCancelReason Reason, ActivityCancellationDetails Details);
}
