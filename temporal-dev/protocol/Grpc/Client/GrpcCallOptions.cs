namespace TemporalDev.Protocol.Grpc;

public sealed record GrpcCallOptions
{
    internal static readonly GrpcCallOptions Default = new();

    /// <summary>For the whole call, retries included; null takes the channel's.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Goes with this call, after the channel's.</summary>
    public GrpcMetadata? Metadata { get; init; }

    /// <summary>Null takes the channel's; <see cref="GrpcRetryPolicy.None"/> tries once.</summary>
    public GrpcRetryPolicy? Retry { get; init; }
}
