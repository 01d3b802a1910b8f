using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace TemporalDev.Protocol.Grpc;

/// <summary>The runtime's own HTTP/2, for what goes through TLS or a proxy.</summary>
internal sealed class HttpTransport(GrpcChannelOptions options) : IGrpcTransport
{
    private readonly HttpMessageInvoker _http = Open(options);
    private readonly string _root = $"{(options.Tls is null ? "http" : "https")}://{options.Address}";
    private readonly ConcurrentDictionary<string, Uri> _addresses = new();

    public async Task<GrpcAnswer> SendAsync(GrpcRequest request, CancellationToken cancel)
    {
        using var content = request.Encoded.ToContent();
        using var message = Describe(request, content);
        try
        {
            using var response = await _http.SendAsync(message, cancel);
            return await ReadAsync(response, request.MaxAnswerBytes, cancel);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            var ended = failure as HttpProtocolException ?? failure.InnerException as HttpProtocolException;
            throw new Http2Exception(failure.Message, ended is null ? null : (Http2Error)ended.ErrorCode, failure);
        }
        finally
        {
            request.Encoded.Release(content);
        }
    }

    public void Dispose() => _http.Dispose();

    private static async Task<GrpcAnswer> ReadAsync(HttpResponseMessage response, int maxMessageBytes, CancellationToken cancel)
    {
        var answer = GrpcAnswer.Begin((int)response.StatusCode, Fields(response.Headers, response.Content.Headers), maxMessageBytes);
        try
        {
            if (answer.Message is { } message)
            {
                await using var stream = await response.Content.ReadAsStreamAsync(cancel);
                while (await stream.ReadAsync(message.GetMemory(), cancel) is > 0 and var read)
                {
                    message.Advance(read);
                }

                answer.Trailers = Fields(response.TrailingHeaders);
            }

            return answer;
        }
        catch
        {
            answer.Dispose();
            throw;
        }
    }

    private static List<KeyValuePair<string, string>> Fields(params ReadOnlySpan<HttpHeaders> all)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var headers in all)
        {
            foreach (var (name, values) in headers.NonValidated)
            {
                foreach (var value in values)
                {
                    fields.Add(new(name.ToLowerInvariant(), value));
                }
            }
        }

        return fields;
    }

    private HttpRequestMessage Describe(GrpcRequest request, HttpContent content)
    {
        var address = _addresses.GetOrAdd(request.Path, static (path, root) => new Uri($"{root}{path}"), _root);
        var message = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        if (options.Tls?.ServerName is { } host)
        {
            message.Headers.Host = host;
        }

        foreach (var (name, value) in request.Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    [SuppressMessage("Usage", "CA2262:Set MaxResponseHeadersLength properly", Justification = "Kilobytes are meant; trailers carry whole failures.")]
    private static HttpMessageInvoker Open(GrpcChannelOptions options)
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
            MaxConnectionsPerServer = options.MaxConnections,
            MaxResponseHeadersLength = TransportLimits.MaxHeaderKib,
            PooledConnectionIdleTimeout = TransportLimits.Idle,
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
