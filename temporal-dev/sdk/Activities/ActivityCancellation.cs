namespace Temporalio.Activities;

/// <summary>The cancellation of one activity: the first reason given stays.</summary>
internal sealed class ActivityCancellation(CancellationTokenSource source) : IDisposable
{
    private Cause? _cause;

    public ActivityCancellation()
        : this(new CancellationTokenSource())
    {
    }

    public ActivityCancelReason Reason
    {
        get => _cause?.Reason ?? ActivityCancelReason.None;
        set => _cause = new(value, Details);
    }

    public ActivityCancellationDetails? Details
    {
        get => _cause?.Details;
        set => _cause = new(Reason, value);
    }

    public CancellationToken Token => source.Token;

    public void Cancel(ActivityCancelReason reason, ActivityCancellationDetails details)
    {
        if (Interlocked.CompareExchange(ref _cause, new(reason, details), null) == null)
        {
            source.Cancel();
        }
    }

    public void Dispose() => source.Dispose();

    private sealed record Cause(ActivityCancelReason Reason, ActivityCancellationDetails? Details);
}
