using System.Text.Json;
using Temporalio.Client;

namespace Temporalio.Bridge;

/// <summary>The core opens a connection of its own; this tells it how, in the shape its native module wants.</summary>
internal static class CoreClientOptions
{
    // From these sizes on the core warns; the server's own limits are higher.
    private const int WarnBytes = 512 * 1024;

    public static byte[] Write(IBridgeClientProvider provider)
    {
        var options = provider.Options;
        var scheme = options.UsesTls ? "https" : "http";
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            targetUrl = $"{scheme}://{options.TargetHost}",
            // Ends up in histories as the SDK that wrote them.
            clientName = ConnectionChannel.ClientName,
            clientVersion = ConnectionChannel.ClientVersion,
            tls = options.UsesTls ? Tls(options.Tls ?? new()) : null,
            httpConnectProxy = options.HttpConnectProxy is { } proxy
                ? new
                {
                    targetHost = proxy.TargetHost,
                    basicAuth = proxy.BasicAuth is var (username, password) ? new { username, password } : null,
                }
                : null,
            dnsLoadBalancingConfig = (object?)null,
            grpcCompression = new { codec = options.GrpcCompression is GrpcCompression.Gzip ? "gzip" : "none" },
            headers = provider.RpcMetadata.ToDictionary(header => header.Key, header => new { type = "ascii", value = header.Value }),
            apiKey = provider.ApiKey,
            disableErrorCodeMetricTags = false,
            payloadsWarnSize = WarnBytes,
            memoWarnSize = WarnBytes,
        });
    }

    // Bytes travel as base64 in JSON; the bridge turns them back into buffers.
    private static object Tls(TlsOptions tls) => new
    {
        domain = tls.Domain,
        serverRootCaCert = tls.ServerRootCACert,
        clientTlsOptions = tls.ClientCert == null || tls.ClientPrivateKey == null
            ? null
            : new { clientCert = tls.ClientCert, clientPrivateKey = tls.ClientPrivateKey },
    };
}
