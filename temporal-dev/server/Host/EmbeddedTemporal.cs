using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;
using TemporalDev.Server.Http;
using TemporalDev.Server.Metrics;

namespace TemporalDev.Server.Host;

/// <summary>The embedded Temporal service in this process: the same code that the executable runs.</summary>
public sealed class EmbeddedTemporal : IAsyncDisposable
{
    /// <summary>On one machine smaller answers are sent faster than they are compressed.</summary>
    private const int CompressFromBytes = 256 * 1024;

    private readonly WebApplication _web;
    private readonly ServerParts _parts;

    private EmbeddedTemporal(WebApplication web, ServerParts parts, TemporalOptions options)
    {
        _web = web;
        _parts = parts;
        var bound = new Queue<string>(AddressesOf(web));
        Address = bound.Dequeue();
        HttpAddress = options.HttpPort is null ? null : bound.Dequeue();
        MetricsAddress = options.MetricsPort is null ? null : bound.Dequeue();
    }

    /// <summary>Host and port, as Temporal's clients want it.</summary>
    public string Address { get; }

    /// <summary>Host and port of HTTP and JSON; null when they are not served.</summary>
    public string? HttpAddress { get; }

    /// <summary>Host and port of the figures; null when they are not served.</summary>
    public string? MetricsAddress { get; }

    public static async Task<EmbeddedTemporal> StartAsync(
        TemporalOptions options, ILoggerFactory log, CancellationToken cancellation = default)
    {
        var parts = await ServerParts.OpenAsync(options, log, cancellation);
        try
        {
            var web = Build(options, log, parts);
            await web.StartAsync(cancellation);
            return new EmbeddedTemporal(web, parts, options);
        }
        catch
        {
            await parts.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _web.StopAsync();
        await _web.DisposeAsync();
        await _parts.DisposeAsync();
    }

    private static WebApplication Build(TemporalOptions options, ILoggerFactory log, ServerParts parts)
    {
        var grpc = new GrpcServerOptions
        {
            ApiKey = options.ApiKey,
            ServerName = options.Name,
            CompressResponsesFromBytes = CompressFromBytes,
        };
        // Nothing but what is said here: the usual builders read appsettings.json of the folder that the program happens to be started in,
        // and watch that folder and everything below it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton(options.Time);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureGrpc(grpc);
            // The addresses are read back in this order.
            kestrel.ListenGrpc(new IPEndPoint(options.Address, options.Port), options.Tls);
            kestrel.ListenHttp<JsonPurpose>(options.Address, options.HttpPort, options.Tls);
            kestrel.ListenHttp<MetricsPurpose>(options.Address, options.MetricsPort, options.Tls);
        });
        var web = builder.Build();
        var json = new JsonEndpoint(parts.Routes, grpc, options.Time, log.CreateLogger<JsonEndpoint>(), web.Lifetime.ApplicationStopping);
        web.Answer<JsonPurpose>(json.HandleAsync);
        web.Answer<MetricsPurpose>(new MetricsEndpoint(parts.Figures, options.ApiKey).HandleAsync);
        web.MapGrpc(parts.Routes, grpc);
        return web;
    }

    private static IEnumerable<string> AddressesOf(WebApplication web) =>
        web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
            .Select(bound => new Uri(bound))
            .Select(bound => $"{bound.Host}:{bound.Port}");
}
