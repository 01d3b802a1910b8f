namespace Temporalio.Client;

/// <summary>Where the server is and how to talk to it. <see cref="TargetHost" /> is required.</summary>
public class TemporalConnectionOptions : ICloneable
{
    public TemporalConnectionOptions()
    {
    }

    public TemporalConnectionOptions(string targetHost) => TargetHost = targetHost;

    /// <summary><c>host:port</c></summary>
    public string? TargetHost { get; set; }

    /// <summary>Null: no TLS, unless there is an API key.</summary>
    public TlsOptions? Tls { get; set; }

    /// <summary>For calls that are retried: all of a client's, none of the raw services' unless they ask for it.</summary>
    public RpcRetryOptions? RpcRetry { get; set; }

    /// <summary>Null: no pings.</summary>
    public KeepAliveOptions? KeepAlive { get; set; } = new();

    public HttpConnectProxyOptions? HttpConnectProxy { get; set; }

    public GrpcCompression GrpcCompression { get; set; } = new GrpcCompression.Gzip();

    /// <summary>Headers of every call. Later changes go through <see cref="IBridgeClientProvider.RpcMetadata" />.</summary>
    public IReadOnlyCollection<KeyValuePair<string, string>>? RpcMetadata { get; set; }

    /// <summary>Binary headers of every call; names end in <c>-bin</c>.</summary>
    public IReadOnlyCollection<KeyValuePair<string, byte[]>>? RpcBinaryMetadata { get; set; }

    /// <summary>Sent as a bearer token. Later changes go through <see cref="IBridgeClientProvider.ApiKey" />.</summary>
    public string? ApiKey { get; set; }

    /// <summary>Who calls, for histories and logs; <c>pid@host</c> when not set before the first use.</summary>
    public string? Identity { get; set; }

    internal bool UsesTls => Tls is { } tls ? !tls.Disabled : ApiKey is not null;

    public virtual object Clone()
    {
        var copy = (TemporalConnectionOptions)MemberwiseClone();
        copy.Tls = (TlsOptions?)Tls?.Clone();
        copy.RpcRetry = (RpcRetryOptions?)RpcRetry?.Clone();
        copy.KeepAlive = (KeepAliveOptions?)KeepAlive?.Clone();
        copy.HttpConnectProxy = (HttpConnectProxyOptions?)HttpConnectProxy?.Clone();
        return copy;
    }
}
