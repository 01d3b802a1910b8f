using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orchestrator.Activities;
using Orchestrator.Activities.Checks;
using Orchestrator.Activities.Ddl;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Notices;
using Orchestrator.Activities.OwnUndo;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Rehearsals;
using Orchestrator.Activities.Reports;
using Orchestrator.Activities.Transfer;
using Serilog;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;
using Temporalio.Exceptions;
using Temporalio.Extensions.OpenTelemetry;

namespace Orchestrator.Worker;

/// <summary>The composition root: a worker of its own process, or inside of another program's.</summary>
public sealed class WorkerHost : IAsyncDisposable
{
    // Shorter than the activity may take, so that its own words reach the history.
    private static readonly TimeSpan WebhookPatience = TimeSpan.FromSeconds(15);

    private readonly IHost _host;

    private readonly Telemetry? _telemetry;

    private WorkerHost(IHost host, Telemetry? telemetry) => (_host, _telemetry) = (host, telemetry);

    /// <summary>Ends when the worker does: by itself, which is a failure and is thrown, or because it was disposed.</summary>
    public Task Ended => EndAsync();

    /// <summary>Where health and metrics are asked for; null where nobody can.</summary>
    public Uri? HealthAddress => _host.Services.GetRequiredService<HealthEndpoint>().Address;

    /// <summary>Returns once the worker is connected and polls.</summary>
    public static Task<WorkerHost> StartAsync(WorkerSettings settings, CancellationToken cancel) => StartAsync(settings, TemporalAddress.Find(), cancel);

    public static async Task<WorkerHost> StartAsync(WorkerSettings settings, TemporalClientConnectOptions address, CancellationToken cancel)
    {
        if (settings.Collector is not null)
        {
            address.Interceptors = [.. address.Interceptors ?? [], new TracingInterceptor()];
        }

        var client = await ConnectAsync(address);
        var surroundings = new Surroundings(await SearchAttributes.TryRegisterAsync(client, cancel), settings.Webhook is not null);
        var host = new WorkerHost(Build(settings, client, surroundings), Telemetry.TryStart(settings.Collector));
        await host._host.StartAsync(cancel);
        if (settings.SuccessorTo is { } dead)
        {
            await TakeOverAsync(host, client, settings.TaskQueue, dead, cancel);
        }

        return host;
    }

    public static async Task RunAsync(WorkerSettings settings, CancellationToken cancel)
    {
        await using var host = await StartAsync(settings, cancel);
        await host.Ended.WaitAsync(cancel);
    }

    public async ValueTask DisposeAsync()
    {
        // Its own limit is the host's shutdown timeout.
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _telemetry?.Dispose();
    }

    private static async Task<TemporalClient> ConnectAsync(TemporalClientConnectOptions address)
    {
        try
        {
            return await TemporalClient.ConnectAsync(address);
        }
        // The client's word for a service that is not there.
        catch (InvalidOperationException failed)
        {
            throw new UnreachableException($"The Temporal service at {address.TargetHost} does not answer.", failed);
        }
    }

    private static IHost Build(WorkerSettings settings, ITemporalClient client, Surroundings surroundings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.AddSerilog(Logging.Create(settings), dispose: true);
        builder.Services.AddSingleton<IHostLifetime, CallersLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.GracefulShutdown + TimeSpan.FromSeconds(4));
        builder.Services
            .AddSingleton(settings)
            .AddSingleton(client)
            .AddSingleton(surroundings)
            .AddSingleton(TimeProvider.System)
            .AddSingleton(Random.Shared)
            .AddSingleton(new ActivitySettings
            {
                Ledger = settings.Ledger,
                LocalServer = settings.LocalServer,
                Reports = settings.Reports,
                ComparedRows = settings.ComparedRows,
                ReadVariable = Environment.GetEnvironmentVariable,
            })
            .AddSingleton<WorkflowIsOpen>((id, cancel) => IsOpenAsync(client, id, cancel))
            .AddSingleton<Databases>()
            .AddSingleton<StepSites>()
            .AddSingleton<LedgerActivities>()
            .AddSingleton<CheckActivities>()
            .AddSingleton<ScriptActivities>()
            .AddSingleton<TransferGauges>()
            .AddSingleton<TransferActivities>()
            .AddSingleton(new NoticeActivities(new HttpClient { Timeout = WebhookPatience }, settings.Webhook))
            .AddSingleton<OwnUndoActivities>()
            .AddSingleton<ReportActivities>()
            .AddSingleton<WorkerMetrics>()
            .AddSingleton<ActivityWatch>()
            .AddSingleton<RehearsalActivities>()
            .AddSingleton<MigrationWorker>()
            .AddSingleton<HealthEndpoint>()
            .AddHostedService(services => services.GetRequiredService<MigrationWorker>())
            .AddHostedService(services => services.GetRequiredService<HealthEndpoint>());
        return builder.Build();
    }

    private static async Task TakeOverAsync(WorkerHost host, ITemporalClient client, string taskQueue, string dead, CancellationToken cancel)
    {
        var logger = host._host.Services.GetRequiredService<ILogger<WorkerHost>>();
        try
        {
            var taken = await LostWorker.GiveBackAsync(client, taskQueue, dead, cancel);
            logger.LogInformation("Worker {Identity} is gone: {Activities} of its activities are tried again", dead, taken);
        }
        // Then they are tried again when their heartbeats have been missing for long enough.
        catch (RpcException e)
        {
            logger.LogWarning(e, "What worker {Identity} was doing could not be asked for", dead);
        }
    }

    private async Task EndAsync()
    {
        await (_host.Services.GetRequiredService<MigrationWorker>().ExecuteTask ?? Task.CompletedTask);
    }

    private static async Task<bool> IsOpenAsync(ITemporalClient client, string workflowId, CancellationToken cancel)
    {
        try
        {
            var description = await client.GetWorkflowHandle(workflowId).DescribeAsync(new() { Rpc = new() { CancellationToken = cancel } });
            return description.Status == WorkflowExecutionStatus.Running;
        }
        catch (RpcException e) when (e.Code == RpcException.StatusCode.NotFound)
        {
            return false;
        }
    }

    /// <summary>Signals are the caller's business: this host lives inside of processes that have their own way to end.</summary>
    private sealed class CallersLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
