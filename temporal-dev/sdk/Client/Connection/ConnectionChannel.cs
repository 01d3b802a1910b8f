using System.Text;
using TemporalDev.Protocol.Grpc;

namespace Temporalio.Client;

/// <summary>A connection's options as the gRPC channel wants them.</summary>
internal static class ConnectionChannel
{
    // Servers log both and refuse clients that they know to be too old.
    internal const string ClientName = "temporal-dotnet-dev";
    internal const string ClientVersion = "1.18.0";

    /// <summary>A switch for programs that ask one question and end; no other SDK has it, and where it is not known nothing is lost but time.</summary>
    private const string HoldSwitch = "Temporalio.Client.HoldCaller";

    // A service that is up answers within a few milliseconds.
    private static readonly TimeSpan Hold = TimeSpan.FromMilliseconds(100);

    public static GrpcChannel Open(TemporalConnectionOptions options) => new(new()
    {
        Address = options.TargetHost ?? throw new ArgumentException("A connection needs a TargetHost.", nameof(options)),
        Tls = options.UsesTls ? Tls(options.Tls ?? new()) : null,
        ApiKey = options.ApiKey,
        Metadata = Metadata(options.RpcMetadata, options.RpcBinaryMetadata),
        Compression = options.GrpcCompression is GrpcCompression.Gzip
            ? TemporalDev.Protocol.Grpc.GrpcCompression.Gzip
            : TemporalDev.Protocol.Grpc.GrpcCompression.None,
        Retry = Retry(options.RpcRetry ?? new()),
        KeepAlive = options.KeepAlive is { } keepAlive ? new(keepAlive.Interval, keepAlive.Timeout) : null,
        Hold = AppContext.TryGetSwitch(HoldSwitch, out var wanted) && wanted ? Hold : TimeSpan.Zero,
        Proxy = options.HttpConnectProxy is { } proxy ? Proxy(proxy) : null,
    });

    public static GrpcMetadata Metadata(
        IReadOnlyCollection<KeyValuePair<string, string>>? texts, IReadOnlyCollection<KeyValuePair<string, byte[]>>? binaries)
    {
        var metadata = new GrpcMetadata { { "client-name", ClientName }, { "client-version", ClientVersion } };
        Add(metadata, texts, binaries);
        return metadata;
    }

    public static void Add(
        GrpcMetadata metadata,
        IReadOnlyCollection<KeyValuePair<string, string>>? texts,
        IReadOnlyCollection<KeyValuePair<string, byte[]>>? binaries)
    {
        foreach (var (name, value) in texts ?? [])
        {
            metadata.Add(name.ToLowerInvariant(), value);
        }

        foreach (var (name, value) in binaries ?? [])
        {
            metadata.Add(name.ToLowerInvariant(), value);
        }
    }

    private static GrpcClientTls Tls(TlsOptions tls) => new()
    {
        ServerRootsPem = Text(tls.ServerRootCACert),
        CertificatePem = Text(tls.ClientCert),
        PrivateKeyPem = Text(tls.ClientPrivateKey),
        ServerName = tls.Domain,
    };

    private static string? Text(byte[]? pem) => pem is null ? null : Encoding.UTF8.GetString(pem);

    private static GrpcRetryPolicy Retry(RpcRetryOptions retry) => new()
    {
        InitialInterval = retry.InitialInterval,
        Multiplier = retry.Multiplier,
        MaxInterval = retry.MaxInterval,
        Jitter = retry.RandomizationFactor,
        MaxElapsed = retry.MaxElapsedTime,
        MaxAttempts = retry.MaxRetries,
    };

    private static GrpcProxy Proxy(HttpConnectProxyOptions proxy) => new(
        proxy.TargetHost ?? throw new ArgumentException("An HTTP CONNECT proxy needs a TargetHost."),
        proxy.BasicAuth?.Username,
        proxy.BasicAuth?.Password);
}
