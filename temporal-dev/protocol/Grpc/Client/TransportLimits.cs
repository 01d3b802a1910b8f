namespace TemporalDev.Protocol.Grpc;

/// <summary>What every way to a server keeps to.</summary>
internal static class TransportLimits
{
    /// <summary>Status details travel in trailers, and HttpClient's 64 KiB would cut off what Temporal's servers send.</summary>
    public const int MaxHeaderKib = 512;

    /// <summary>Pollers come back within a minute; a connection without calls for this long is not needed.</summary>
    public static readonly TimeSpan Idle = TimeSpan.FromMinutes(10);
}
