namespace TemporalDev.Protocol.Grpc;

public enum GrpcCompression
{
    None,
    Gzip,
}

public sealed record GrpcChannelOptions
{
    /// <summary><c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Null speaks plain text.</summary>
    public GrpcClientTls? Tls { get; init; }

    /// <summary>Sent as <c>authorization: Bearer</c>; <see cref="GrpcChannel.ApiKey"/> replaces it later.</summary>
    public string? ApiKey { get; init; }

    /// <summary>Goes with every call, before the call's own.</summary>
    public GrpcMetadata Metadata { get; init; } = [];

    public string UserAgent { get; init; } = "temporal-dev-grpc/1.0";

    public GrpcCompression Compression { get; init; } = GrpcCompression.Gzip;

    /// <summary>Smaller requests are sent as they are: gzip's own header eats the gain.</summary>
    public int CompressFromBytes { get; init; } = 1024;

    public GrpcRetryPolicy Retry { get; init; } = new();

    /// <summary>For calls that name no timeout of their own, tries and waits together.</summary>
    public TimeSpan DefaultTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// For so long the thread that makes a call waits for the answer itself. A program of one question has nothing else to
    /// do, and where the answer is there in time none of the methods on the way has to be continued, which is compiled for
    /// each of them anew in every process. Plain text only.
    /// </summary>
    public TimeSpan Hold { get; init; } = TimeSpan.Zero;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Each takes as many calls as the server allows, often a hundred; what is beyond that waits for one to end.</summary>
    public int MaxConnections { get; init; } = 32;

    /// <summary>Null sends no pings.</summary>
    public GrpcKeepAlive? KeepAlive { get; init; } = new(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(15));

    /// <summary>An HTTP proxy that the connection is tunnelled through with CONNECT.</summary>
    public GrpcProxy? Proxy { get; init; }

    /// <summary>The server has a limit of its own, 4 MiB by default; this one only keeps mistakes off the network.</summary>
    public int MaxRequestBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Histories come in pages far beyond the 4 MiB that a request may have.</summary>
    public int MaxResponseBytes { get; init; } = 128 * 1024 * 1024;

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(CompressFromBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRequestBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxResponseBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnections);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(DefaultTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(ConnectTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(Hold, TimeSpan.Zero);
        Retry.Validate();
    }
}

/// <summary>How often to ping a silent connection, and how long to wait for the answer before giving it up.</summary>
public sealed record GrpcKeepAlive(TimeSpan Interval, TimeSpan Timeout);

public sealed record GrpcProxy(string Address, string? User = null, string? Password = null);

/// <summary>All in PEM. Without roots those of the machine are trusted; a certificate of one's own goes with its key, and
/// its intermediates may follow it.</summary>
public sealed record GrpcClientTls
{
    public string? ServerRootsPem { get; init; }

    public string? CertificatePem { get; init; }

    public string? PrivateKeyPem { get; init; }

    /// <summary>The name to ask for and to find in the server's certificate, when it is not the address's host.</summary>
    public string? ServerName { get; init; }

    /// <summary>Accepts any certificate. For tests on one's own machine.</summary>
    public bool TrustAnyServer { get; init; }

    internal KeyedCertificate? LoadCertificate() => (CertificatePem, PrivateKeyPem) switch
    {
        (null, null) => null,
        ({ } certificate, { } key) => KeyedCertificate.FromPem(certificate, key),
        _ => throw new ArgumentException("A client certificate needs its private key, and a private key its certificate."),
    };
}
