namespace TemporalDev.Protocol.Grpc;

/// <summary>When and how often a failed call is tried again. The defaults are the official SDK's.</summary>
public sealed record GrpcRetryPolicy
{
    public static readonly GrpcRetryPolicy None = new() { MaxAttempts = 1 };

    public TimeSpan InitialInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    public double Multiplier { get; init; } = 1.5;

    public TimeSpan MaxInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A wait is drawn from this fraction below to this fraction above its length.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>No try starts later than this after the first; null sets no such limit.</summary>
    public TimeSpan? MaxElapsed { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The first try included; 0 sets no limit.</summary>
    public int MaxAttempts { get; init; } = 10;

    /// <summary>Codes to retry besides the usual ones: a long poll adds Cancelled and DeadlineExceeded.</summary>
    public IReadOnlySet<GrpcStatusCode> AlsoRetry { get; init; } = new HashSet<GrpcStatusCode>();

    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(InitialInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxInterval, InitialInterval);
        ArgumentOutOfRangeException.ThrowIfLessThan(Multiplier, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Jitter, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Jitter, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxAttempts);
    }
}
