using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Builds the HTTP/2 connection pool of a channel.</summary>
internal static class GrpcTransport
{
    // Status details travel in trailers, and HttpClient's 64 KiB would cut off what Temporal's servers send.
    private const int MaxResponseHeadersKib = 512;

    // Pollers come back within a minute; a connection without calls for this long is not needed.
    private static readonly TimeSpan IdleConnectionTimeout = TimeSpan.FromMinutes(10);

    [SuppressMessage("Usage", "CA2262:Set MaxResponseHeadersLength properly", Justification = "Kilobytes are meant; trailers carry whole failures.")]
    public static HttpMessageInvoker Open(GrpcChannelOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            // The official SDK takes proxies from its options only, never from the environment.
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            // Temporal carries trace context in its own headers.
            ActivityHeadersPropagator = null,
            ConnectTimeout = options.ConnectTimeout,
            EnableMultipleHttp2Connections = true,
            MaxResponseHeadersLength = MaxResponseHeadersKib,
            PooledConnectionIdleTimeout = IdleConnectionTimeout,
        };
        if (options.KeepAlive is { } keepAlive)
        {
            handler.KeepAlivePingPolicy = HttpKeepAlivePingPolicy.Always;
            handler.KeepAlivePingDelay = keepAlive.Interval;
            handler.KeepAlivePingTimeout = keepAlive.Timeout;
        }

        if (options.Proxy is { } proxy)
        {
            handler.ConnectCallback = (connection, cancel) => ConnectTunnel.OpenAsync(proxy, connection.DnsEndPoint, cancel);
        }

        if (options.Tls is { } tls)
        {
            handler.SslOptions = Secure(tls);
        }

        return new HttpMessageInvoker(handler, disposeHandler: true);
    }

    [SuppressMessage("Security", "CA5359:Do not disable certificate validation", Justification = "Only behind an option whose name says so.")]
    private static SslClientAuthenticationOptions Secure(GrpcClientTls tls)
    {
        var options = new SslClientAuthenticationOptions { TargetHost = tls.ServerName };
        if (tls.LoadCertificate() is var (certificate, intermediates))
        {
            // Offline: what the file lacks is not looked for on the network.
            options.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, intermediates, offline: true);
        }

        if (tls.ServerRootsPem is { } pem)
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPem(pem);
            options.CertificateChainPolicy = PrivateRoots.Policy(roots, PrivateRoots.ServerAuthentication);
        }

        if (tls.TrustAnyServer)
        {
            options.RemoteCertificateValidationCallback = AcceptAny;
        }

        return options;
    }

    private static bool AcceptAny(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) => true;
}
