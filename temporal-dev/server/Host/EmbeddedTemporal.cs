using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;

namespace TemporalDev.Server.Host;

/// <summary>The embedded Temporal service in this process: the same code that the executable runs.</summary>
public sealed class EmbeddedTemporal : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly ServerParts _parts;

    private EmbeddedTemporal(WebApplication web, ServerParts parts, string address)
    {
        _web = web;
        _parts = parts;
        Address = address;
    }

    /// <summary>Host and port, as Temporal's clients want it.</summary>
    public string Address { get; }

    public static async Task<EmbeddedTemporal> StartAsync(
        TemporalOptions options, ILoggerFactory log, CancellationToken cancellation = default)
    {
        var parts = await ServerParts.OpenAsync(options, log, cancellation);
        try
        {
            var web = Build(options, log, parts);
            await web.StartAsync(cancellation);
            return new EmbeddedTemporal(web, parts, AddressOf(web));
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
        var grpc = new GrpcServerOptions { ApiKey = options.ApiKey, ServerName = options.Name };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddSingleton(log);
        builder.Services.AddSingleton(options.Time);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureGrpc(grpc);
            kestrel.ListenGrpc(new IPEndPoint(options.Address, options.Port));
        });
        var web = builder.Build();
        web.MapGrpc(parts.Routes, grpc);
        return web;
    }

    private static string AddressOf(WebApplication web)
    {
        var bound = web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var uri = new Uri(bound);
        return $"{uri.Host}:{uri.Port}";
    }
}
