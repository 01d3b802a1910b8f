namespace TemporalDev.Protocol.Grpc;

/// <summary>Decides, failure by failure, whether one call is tried again and after how long.</summary>
internal sealed class GrpcRetry(GrpcRetryPolicy policy, TimeProvider time, Random random)
{
    // An overloaded server gets more air than a lost connection.
    private static readonly TimeSpan ThrottledInitial = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ThrottledMax = TimeSpan.FromSeconds(10);
    private const double ThrottledMultiplier = 2;

    // Not from the start of the call: a long poll may have waited for long before it broke.
    private long? _firstFailed;
    private int _attempts;
    private int _throttled;

    /// <summary>How long to wait before the next try; null gives up.</summary>
    public TimeSpan? Next(GrpcException failure)
    {
        _attempts++;
        _firstFailed ??= time.GetTimestamp();
        if ((policy.MaxAttempts > 0 && _attempts >= policy.MaxAttempts) || !IsRetryable(failure))
        {
            return null;
        }

        var wait = Backoff(policy.InitialInterval, policy.Multiplier, policy.MaxInterval, _attempts);
        if (failure.Code == GrpcStatusCode.ResourceExhausted)
        {
            var throttled = Backoff(ThrottledInitial, ThrottledMultiplier, ThrottledMax, ++_throttled);
            wait = wait > throttled ? wait : throttled;
        }

        return time.GetElapsedTime(_firstFailed.Value) + wait > policy.MaxElapsed ? null : wait;
    }

    private bool IsRetryable(GrpcException failure) => failure.Code switch
    {
        // The same message will be too large the next time as well.
        GrpcStatusCode.ResourceExhausted => !GrpcFrame.SaysTooLarge(failure.Message),
        GrpcStatusCode.Internal or GrpcStatusCode.Unknown or GrpcStatusCode.Aborted or GrpcStatusCode.OutOfRange
            or GrpcStatusCode.Unavailable or GrpcStatusCode.DataLoss => true,
        _ => policy.AlsoRetry.Contains(failure.Code),
    };

    private TimeSpan Backoff(TimeSpan initial, double multiplier, TimeSpan max, int attempt)
    {
        var seconds = Math.Min(initial.TotalSeconds * Math.Pow(multiplier, attempt - 1), max.TotalSeconds);
        return TimeSpan.FromSeconds(seconds * (1 + (policy.Jitter * ((2 * random.NextDouble()) - 1))));
    }
}
