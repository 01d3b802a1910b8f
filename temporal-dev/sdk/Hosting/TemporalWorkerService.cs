using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Temporalio.Client;
using Temporalio.Worker;

namespace Temporalio.Extensions.Hosting;

/// <summary>A worker as a service of a host. When it fails, the host stops.</summary>
public class TemporalWorkerService : BackgroundService
{
    private readonly Func<Task<ITemporalClient>> _connect;
    private readonly TemporalWorkerOptions _options;

    public TemporalWorkerService(TemporalClientConnectOptions clientOptions, TemporalWorkerOptions workerOptions)
    {
        _connect = async () => await TemporalClient.ConnectAsync(clientOptions);
        _options = workerOptions;
    }

    public TemporalWorkerService(ITemporalClient client, TemporalWorkerOptions workerOptions)
    {
        _connect = async () =>
        {
            await client.Connection.ConnectAsync();
            return client;
        };
        _options = workerOptions;
    }

    internal static TemporalWorkerService Create(IServiceProvider provider, string optionsName)
    {
        var options = (TemporalWorkerServiceOptions)provider
            .GetRequiredService<IOptionsMonitor<TemporalWorkerServiceOptions>>().Get(optionsName).Clone();
        options.LoggerFactory ??= provider.GetService<ILoggerFactory>();
        return options.ClientOptions is { } own
            ? new(own, options)
            : new(
                provider.GetService<ITemporalClient>() ?? throw new InvalidOperationException(
                    $"The hosted worker '{optionsName}' has no client: call AddTemporalClient, or give it ClientOptions."),
                options);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var client = await _connect();
        using var worker = new TemporalWorker(client, _options);
        await worker.ExecuteAsync(stoppingToken);
    }
}
