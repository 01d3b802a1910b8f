namespace TemporalDev.Protocol.Grpc;

/// <summary>One token for everything that ends a call early, and which of them it was.</summary>
internal sealed class CallEnding : IDisposable
{
    // Timers cannot be set further ahead; a deadline beyond this is as good as none.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(24);

    private readonly CancellationToken _callerGone;
    private readonly CancellationToken _stopping;
    private readonly TimeSpan? _timeout;
    private readonly TimeSpan _readTimeout;
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _onCallerGone;
    private readonly CancellationTokenRegistration _onStopping;
    private bool _reading = true;

    public CallEnding(TimeSpan? timeout, TimeSpan readTimeout, TimeProvider time, CancellationToken callerGone, CancellationToken stopping)
    {
        (_callerGone, _stopping, _timeout, _readTimeout, _time) = (callerGone, stopping, timeout, readTimeout, time);
        _started = time.GetTimestamp();
        _source = new CancellationTokenSource(timeout < readTimeout ? timeout.Value : readTimeout, time);
        _onCallerGone = callerGone.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
        _onStopping = stopping.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>The request is complete: from here on only the caller's deadline counts.</summary>
    public void StartHandling()
    {
        var left = _timeout - _time.GetElapsedTime(_started);
        _source.CancelAfter(left is { } span && span < LongestTimer ? Max(span, TimeSpan.Zero) : Timeout.InfiniteTimeSpan);
        // A timer that fired just before stays fired.
        _source.Token.ThrowIfCancellationRequested();
        _reading = false;
    }

    public GrpcException Explain()
    {
        if (_callerGone.IsCancellationRequested)
        {
            return new(GrpcStatusCode.Cancelled, "the caller cancelled the call");
        }

        if (_stopping.IsCancellationRequested)
        {
            return new(GrpcStatusCode.Unavailable, "the server is shutting down");
        }

        if (!_source.IsCancellationRequested)
        {
            return new(GrpcStatusCode.Cancelled, "the call was cancelled by the server");
        }

        return _reading && !(_timeout < _readTimeout)
            ? new(GrpcStatusCode.DeadlineExceeded, $"the request did not arrive within {_readTimeout}")
            : new(GrpcStatusCode.DeadlineExceeded, "context deadline exceeded");
    }

    public void Dispose()
    {
        _onCallerGone.Dispose();
        _onStopping.Dispose();
        _source.Dispose();
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;
}
