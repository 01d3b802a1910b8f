using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>Routes behind a real Kestrel on a free loopback port.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    private readonly WebApplication _application;

    private GrpcHost(WebApplication application, GrpcRoutes routes)
    {
        _application = application;
        Routes = routes;
        Address = new Uri(application.Urls.Single()).Authority;
    }

    public string Address { get; }

    public GrpcRoutes Routes { get; }

    public static async Task<GrpcHost> StartAsync(GrpcRoutes routes, GrpcServerOptions? options = null, GrpcServerTls? tls = null)
    {
        options ??= new GrpcServerOptions();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddLogging();
        builder.WebHost.UseKestrelCore();
        if (tls is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureGrpc(options);
            kestrel.ListenGrpc(new IPEndPoint(IPAddress.Loopback, 0), tls);
        });
        var application = builder.Build();
        application.MapGrpc(routes, options);
        await application.StartAsync();
        return new GrpcHost(application, routes);
    }

    public GrpcChannel Connect() => new(new GrpcChannelOptions { Address = Address });

    public Task StopAsync() => _application.StopAsync();

    public ValueTask DisposeAsync() => _application.DisposeAsync();
}
