using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Extensions.Hosting;

namespace Orchestrator.Tests.Sdk.Hosting;

public sealed class HostedWorkerTests
{
    private readonly string _queue = "hosted-" + Guid.NewGuid();

    [LiveFact]
    public async Task A_hosted_worker_runs_activities_each_in_a_scope_that_ends_with_it()
    {
        var address = await LiveServer.AddressAsync();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton<Ledger>();
        builder.Services.AddScoped<Page>();
        builder.Services.AddTemporalClient(address);
        builder.Services.AddHostedTemporalWorker(_queue).AddScopedActivities<PageActivities>().AddWorkflow<TwoPagesWorkflow>();
        using var host = builder.Build();
        await host.StartAsync();

        var client = host.Services.GetRequiredService<ITemporalClient>();
        var pages = await client.ExecuteWorkflowAsync((TwoPagesWorkflow workflow) => workflow.RunAsync(), new(_queue, _queue));
        await host.StopAsync();

        Assert.Equal(2, pages.Distinct().Count());
        var ledger = host.Services.GetRequiredService<Ledger>();
        Assert.Equal(pages.Order(), ledger.Open.Order());
        Assert.Equal(ledger.Open.Order(), ledger.Closed.Order());
    }

    [Fact]
    public void Workers_of_different_queues_are_configured_apart()
    {
        var services = new ServiceCollection();
        services.AddHostedTemporalWorker("host:1", "ns", "first").AddWorkflow<TwoPagesWorkflow>();
        services.AddHostedTemporalWorker("second").AddStaticActivities(typeof(StaticActivities));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<TemporalWorkerServiceOptions>>();

        Assert.Equal(("first", "host:1", "ns", 1, 0), Shape(options.Get("first")));
        Assert.Equal(("second", null, null, 0, 1), Shape(options.Get("second")));

        static (string?, string?, string?, int, int) Shape(TemporalWorkerServiceOptions of) =>
            (of.TaskQueue, of.ClientOptions?.TargetHost, of.ClientOptions?.Namespace, of.Workflows.Count, of.Activities.Count);
    }

    [Fact]
    public void A_worker_without_any_client_says_what_is_missing()
    {
        var services = new ServiceCollection();
        services.AddHostedTemporalWorker("queue");
        using var provider = services.BuildServiceProvider();

        var failure = Assert.Throws<InvalidOperationException>(() => provider.GetServices<IHostedService>().ToList());

        Assert.Contains("AddTemporalClient", failure.Message);
    }

    public sealed class Ledger
    {
        public List<Guid> Open { get; } = [];

        public List<Guid> Closed { get; } = [];
    }

    public sealed class Page : IDisposable
    {
        private readonly Ledger _ledger;

        public Page(Ledger ledger)
        {
            _ledger = ledger;
            lock (ledger)
            {
                ledger.Open.Add(Id);
            }
        }

        public Guid Id { get; } = Guid.NewGuid();

        public void Dispose()
        {
            lock (_ledger)
            {
                _ledger.Closed.Add(Id);
            }
        }
    }

    public sealed class PageActivities(Page page, Ledger ledger)
    {
        [Activity]
        public async Task<Guid> TurnAsync()
        {
            await Task.Yield();
            Assert.DoesNotContain(page.Id, ledger.Closed);
            Assert.Same(this, ActivityScope.ScopedInstance);
            return page.Id;
        }
    }

    public static class StaticActivities
    {
        [Activity]
        public static void Nothing()
        {
        }
    }
}
