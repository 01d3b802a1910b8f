namespace TemporalDev.Protocol.Grpc;

/// <summary>The time that a call has left, over all its tries, and the token that fires when it or the caller's patience ends.</summary>
internal sealed class CallDeadline : IDisposable
{
    // Timers cannot be set further ahead; no call waits that long.
    private static readonly TimeSpan Longest = TimeSpan.FromDays(24);

    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _onCancel;

    public CallDeadline(TimeSpan timeout, TimeProvider time, CancellationToken cancel)
    {
        Timeout = timeout < Longest ? timeout : Longest;
        _time = time;
        _started = time.GetTimestamp();
        _source = new CancellationTokenSource(Timeout, time);
        _onCancel = cancel.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _source);
    }

    public TimeSpan Timeout { get; }

    public TimeSpan Left => Timeout - _time.GetElapsedTime(_started);

    public CancellationToken Token => _source.Token;

    public void Dispose()
    {
        _onCancel.Dispose();
        _source.Dispose();
    }
}
