using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;
using Temporalio.Extensions.Hosting;
using Temporalio.Worker;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Temporal clients and workers as services of a host.</summary>
public static class TemporalHostingServiceCollectionExtensions
{
    /// <summary>Adds an <see cref="ITemporalClient" /> that connects with its first use, unless there is one.</summary>
    public static OptionsBuilder<TemporalClientConnectOptions> AddTemporalClient(
        this IServiceCollection services, string? clientTargetHost = null, string? clientNamespace = null)
    {
        services.TryAddSingleton<ITemporalClient>(provider =>
            TemporalClient.CreateLazy(provider.GetRequiredService<IOptions<TemporalClientConnectOptions>>().Value));
        return services.AddOptions<TemporalClientConnectOptions>().Configure<IServiceProvider>((options, provider) =>
        {
            options.TargetHost = clientTargetHost ?? options.TargetHost;
            options.Namespace = clientNamespace ?? options.Namespace;
            options.LoggerFactory = provider.GetService<ILoggerFactory>() ?? options.LoggerFactory;
        });
    }

    /// <summary>Adds an <see cref="ITemporalClient" /> that connects with its first use, unless there is one.</summary>
    public static IServiceCollection AddTemporalClient(
        this IServiceCollection services, Action<TemporalClientConnectOptions> configureClient)
    {
        services.AddTemporalClient().Configure(configureClient);
        return services;
    }

    /// <summary>Adds a worker that starts and stops with the host and uses the host's <see cref="ITemporalClient" />.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(this IServiceCollection services, string taskQueue) =>
        Add(services, taskQueue, deployment: null);

    /// <summary>Adds a worker that starts and stops with the host and uses the host's <see cref="ITemporalClient" />.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services, string taskQueue, WorkerDeploymentOptions deploymentOptions) =>
        Add(services, taskQueue, deploymentOptions);

    /// <summary>Adds a worker that starts and stops with the host and has a client of its own.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services, string clientTargetHost, string clientNamespace, string taskQueue) =>
        Add(services, taskQueue, deployment: null).WithOwnClient(clientTargetHost, clientNamespace);

    /// <summary>Adds a worker that starts and stops with the host and has a client of its own.</summary>
    public static ITemporalWorkerServiceOptionsBuilder AddHostedTemporalWorker(
        this IServiceCollection services,
        string clientTargetHost,
        string clientNamespace,
        string taskQueue,
        WorkerDeploymentOptions deploymentOptions) =>
        Add(services, taskQueue, deploymentOptions).WithOwnClient(clientTargetHost, clientNamespace);

    private static ITemporalWorkerServiceOptionsBuilder WithOwnClient(
        this ITemporalWorkerServiceOptionsBuilder builder, string targetHost, string clientNamespace) =>
        builder.ConfigureOptions(options => options.ClientOptions = new(targetHost) { Namespace = clientNamespace });

    private static ITemporalWorkerServiceOptionsBuilder Add(
        IServiceCollection services, string taskQueue, WorkerDeploymentOptions? deployment)
    {
        var builder = new TemporalWorkerServiceOptionsBuilder(taskQueue, deployment?.Version, services);
        // AddHostedService would keep one worker and drop the others, because they are of one type.
        services.AddSingleton<IHostedService>(provider => TemporalWorkerService.Create(provider, builder.OptionsName));
        return builder.ConfigureOptions(options =>
        {
            options.TaskQueue = taskQueue;
            options.DeploymentOptions = deployment;
        });
    }
}
