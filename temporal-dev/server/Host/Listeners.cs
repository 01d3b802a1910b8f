using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Host;

/// <summary>Ports beside that of gRPC, each with one handler for everything that comes in there.</summary>
internal static class Listeners
{
    /// <param name="port">Null listens nowhere.</param>
    public static void ListenHttp<TPurpose>(this KestrelServerOptions kestrel, IPAddress address, int? port, GrpcServerTls? tls)
        where TPurpose : class, new()
    {
        if (port is null)
        {
            return;
        }

        kestrel.Listen(new IPEndPoint(address, port.Value), listener =>
        {
            listener.Protocols = tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
            if (tls is not null)
            {
                listener.UseTls(tls);
            }

            // A free port has no number yet, so the connections say what they are for.
            listener.Use(next => connection =>
            {
                connection.Features.Set(new TPurpose());
                return next(connection);
            });
        });
    }

    public static void Answer<TPurpose>(this WebApplication web, Func<HttpContext, Task> handler)
        where TPurpose : class, new() =>
        web.Use((context, next) => context.Features.Get<TPurpose>() is null ? next(context) : handler(context));
}

/// <summary>Marks connections to the port of HTTP and JSON.</summary>
internal sealed class JsonPurpose;

/// <summary>Marks connections to the port of the figures.</summary>
internal sealed class MetricsPurpose;
