namespace TemporalDev.Protocol.Grpc;

public sealed record GrpcServerOptions
{
    public const int DefaultMaxRequestBytes = 4 * 1024 * 1024;

    /// <summary>Largest request message, before and after decompression.</summary>
    public int MaxRequestBytes { get; init; } = DefaultMaxRequestBytes;

    /// <summary>Largest response message; clients of Temporal accept 128 MiB.</summary>
    public int MaxResponseBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>
    /// Responses of this size are compressed for callers that accept gzip. Null compresses none, which is
    /// right on loopback, where bytes are cheaper than cycles.
    /// </summary>
    public int? CompressResponsesFromBytes { get; init; }

    /// <summary>How long a request may take to arrive completely.</summary>
    public TimeSpan RequestReadTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls in progress over all connections, waiting polls included; more are refused with RESOURCE_EXHAUSTED.</summary>
    public int MaxOpenCalls { get; init; } = 20_000;

    /// <summary>Calls in progress on one connection; HTTP/2 makes the client wait for a free place.</summary>
    public int MaxOpenCallsPerConnection { get; init; } = 2_000;

    /// <summary>When set, every call has to carry <c>authorization: Bearer</c> with this key.</summary>
    public string? ApiKey { get; init; }

    /// <summary>
    /// When set, a call that asks for a server of another name is refused with UNAVAILABLE, as if nobody were there.
    /// A server that comes up where another one was before is so never taken for it.
    /// </summary>
    public string? ServerName { get; init; }

    public TimeSpan KeepAlivePingDelay { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan KeepAlivePingTimeout { get; init; } = TimeSpan.FromSeconds(15);

    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRequestBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxResponseBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxOpenCalls);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxOpenCallsPerConnection);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestReadTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepAlivePingDelay, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfLessThan(KeepAlivePingTimeout, TimeSpan.FromSeconds(1));
        if (ApiKey is { Length: 0 })
        {
            throw new ArgumentException($"{nameof(ApiKey)} is empty: leave it out to accept every caller.");
        }
    }
}

/// <summary>The server's certificate in PEM, and when callers have to present one too, the roots that sign theirs.</summary>
public sealed record GrpcServerTls(string CertificatePem, string PrivateKeyPem, string? ClientRootsPem = null);
