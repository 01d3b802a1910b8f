using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TemporalDev.Protocol.Grpc;

namespace Orchestrator.Tests.Grpc;

/// <summary>Routes behind a real Kestrel on a loopback port.</summary>
internal sealed class GrpcHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Counters _counters;

    private GrpcHost(WebApplication application, Counters counters, RecordedLog log)
    {
        _application = application;
        _counters = counters;
        Log = log;
        Address = new Uri(application.Urls.Single()).Authority;
    }

    public string Address { get; }

    public RecordedLog Log { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _counters.Accepted);

    public static async Task<GrpcHost> StartAsync(GrpcRoutes routes, Settings? settings = null)
    {
        settings ??= new Settings();
        var counters = new Counters();
        var log = new RecordedLog();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRouting();
        builder.Services.AddLogging(logging => logging.AddProvider(log));
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ConfigureGrpc(settings.Options);
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Use(next => connection =>
            {
                Interlocked.Increment(ref counters.Accepted);
                return next(connection);
            }));
            kestrel.ListenGrpc(new IPEndPoint(IPAddress.Loopback, settings.Port), settings.Tls);
        });
        var application = builder.Build();
        settings.Before?.Invoke(application);
        application.MapGrpc(routes, settings.Options);
        await application.StartAsync();
        return new GrpcHost(application, counters, log);
    }

    public GrpcChannel Connect(Func<GrpcChannelOptions, GrpcChannelOptions>? with = null)
    {
        var options = new GrpcChannelOptions { Address = Address, Retry = GrpcRetryPolicy.None };
        return new GrpcChannel(with is null ? options : with(options));
    }

    public Task StopAsync() => _application.StopAsync();

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    internal sealed record Settings
    {
        public GrpcServerOptions Options { get; init; } = new();

        public GrpcServerTls? Tls { get; init; }

        public int Port { get; init; }

        public Action<WebApplication>? Before { get; init; }
    }

    private sealed class Counters
    {
        public int Accepted;
    }
}
