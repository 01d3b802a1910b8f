using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace TemporalDev.Protocol.Grpc;

/// <summary>Puts the routes into an ASP.NET Core host.</summary>
public static class GrpcHosting
{
    // HTTP/2 idle connections are kept for pollers that come back; the keep-alive ping finds dead ones earlier.
    private static readonly TimeSpan IdleConnectionTimeout = TimeSpan.FromMinutes(10);

    // Clients put namespaces and ids into headers, and Kestrel ends the connection of all when one call's are too long:
    // an id that is only too long has to reach its handler. Go's servers allow 16 MiB.
    private const int MaxHeadersBytes = 1024 * 1024;

    public static void MapGrpc(this IEndpointRouteBuilder endpoints, GrpcRoutes routes, GrpcServerOptions? options = null)
    {
        var services = endpoints.ServiceProvider;
        var endpoint = new GrpcEndpoint(
            routes,
            options ?? new GrpcServerOptions(),
            services.GetService<TimeProvider>() ?? TimeProvider.System,
            services.GetRequiredService<ILogger<GrpcEndpoint>>(),
            services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping);
        // One pattern for all: unknown services and methods get their answer from gRPC, not from HTTP.
        endpoints.MapPost("/{service}/{method}", endpoint.HandleAsync);
    }

    /// <summary>Limits that Kestrel enforces below the calls. They hold for all its endpoints.</summary>
    public static void ConfigureGrpc(this KestrelServerOptions kestrel, GrpcServerOptions options)
    {
        options.Validate();
        kestrel.AddServerHeader = false;
        var limits = kestrel.Limits;
        // Message sizes are checked per frame, with a gRPC status; Kestrel would break the stream.
        limits.MaxRequestBodySize = null;
        // A slow request must not end the connection that others share; RequestReadTimeout ends the call instead.
        limits.MinRequestBodyDataRate = null;
        limits.MaxRequestHeadersTotalSize = MaxHeadersBytes;
        limits.Http2.MaxRequestHeaderFieldSize = MaxHeadersBytes;
        limits.KeepAliveTimeout = IdleConnectionTimeout;
        limits.Http2.MaxStreamsPerConnection = options.MaxOpenCallsPerConnection;
        limits.Http2.KeepAlivePingDelay = options.KeepAlivePingDelay;
        limits.Http2.KeepAlivePingTimeout = options.KeepAlivePingTimeout;
    }

    /// <summary>Listens for HTTP/2 only: with prior knowledge when there is no certificate.</summary>
    public static void ListenGrpc(this KestrelServerOptions kestrel, IPEndPoint address, GrpcServerTls? tls = null) =>
        kestrel.Listen(address, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            if (tls is not null)
            {
                listener.UseTls(tls);
            }
        });

    internal static void UseTls(this ListenOptions listener, GrpcServerTls tls) => listener.UseHttps(https => Configure(https, tls));

    private static void Configure(HttpsConnectionAdapterOptions https, GrpcServerTls tls)
    {
        (https.ServerCertificate, https.ServerCertificateChain) = KeyedCertificate.FromPem(tls.CertificatePem, tls.PrivateKeyPem);
        if (tls.ClientRootsPem is null)
        {
            return;
        }

        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(tls.ClientRootsPem);
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (certificate, chain, _) => PrivateRoots.Signed(certificate, chain, roots, PrivateRoots.ClientAuthentication);
    }
}
