using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Orchestrator.Activities.Postgres;
using Temporalio.Client;
using Temporalio.Exceptions;

namespace Orchestrator.Worker;

/// <summary><c>/health/live</c>, <c>/health/ready</c> and <c>/metrics</c>, where a setting says at which address.</summary>
internal sealed class HealthEndpoint(
    WorkerSettings settings, MigrationWorker worker, ITemporalClient client, Databases databases, WorkerMetrics metrics) : IHostedService, IAsyncDisposable
{
    // An answer that takes longer is a no: whoever asks gives up about then.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private WebApplication? _web;

    /// <summary>Null where it does not listen.</summary>
    public Uri? Address => _web is null ? null : new Uri(_web.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (settings.HealthAddress is not { } address)
        {
            return;
        }

        // The usual builders read and watch the folder that the worker happens to be started in, and everything below it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 0;
            kestrel.Listen(address);
        });
        _web = builder.Build();
        _web.MapGet("/health/live", () => IsLive() ? Results.Text("live") : Results.Text("the worker has ended", statusCode: (int)HttpStatusCode.ServiceUnavailable));
        _web.MapGet("/health/ready", (Delegate)ReadyAsync);
        _web.MapGet("/metrics", () => Results.Text(metrics.ToPrometheus(), "text/plain; version=0.0.4; charset=utf-8"));
        await _web.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _web?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_web is not null)
        {
            await _web.DisposeAsync();
        }
    }

    private bool IsLive() => worker.ExecuteTask is { IsCompleted: false };

    private async Task<IResult> ReadyAsync(HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limit.CancelAfter(Patience);
        string?[] troubles = [IsLive() ? null : "the worker has ended", await TemporalAsync(limit.Token), await LedgerAsync(limit.Token)];
        var named = troubles.OfType<string>().ToList();
        return named.Count == 0
            ? Results.Text("ready")
            : Results.Text(string.Join("; ", named), statusCode: (int)HttpStatusCode.ServiceUnavailable);
    }

    private async Task<string?> TemporalAsync(CancellationToken cancel)
    {
        try
        {
            await client.WorkflowService.GetSystemInfoAsync(new(), new() { CancellationToken = cancel });
            return null;
        }
        catch (Exception e) when (e is RpcException or OperationCanceledException)
        {
            return "Temporal does not answer";
        }
    }

    private async Task<string?> LedgerAsync(CancellationToken cancel)
    {
        try
        {
            await using var connection = await (await databases.LedgerAsync(cancel)).OpenConnectionAsync(cancel);
            return null;
        }
        catch (Exception e) when (e is NpgsqlException or OperationCanceledException or TimeoutException)
        {
            return "the ledger's database does not answer";
        }
    }
}
