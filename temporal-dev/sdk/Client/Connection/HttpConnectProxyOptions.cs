namespace Temporalio.Client;

/// <summary>An HTTP proxy that tunnels with CONNECT.</summary>
public class HttpConnectProxyOptions : ICloneable
{
    public HttpConnectProxyOptions()
    {
    }

    public HttpConnectProxyOptions(string targetHost) => TargetHost = targetHost;

    /// <summary>The proxy's <c>host:port</c>. Required.</summary>
    public string? TargetHost { get; set; }

    public (string Username, string Password)? BasicAuth { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
