using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Namespaces;
using TemporalDev.Server.Retention;
using TemporalDev.Server.Runs;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Storage;
using TemporalDev.Server.Storage.Memory;
using TemporalDev.Server.Storage.Postgres;
using Temporalio.Api.WorkflowService.V1;

namespace Orchestrator.Tests.Server;

public sealed class MemoryRetentionTests : RetentionTests
{
    private protected override Task<IStore> OpenAsync() => Task.FromResult<IStore>(new MemoryStore());
}

public sealed class PostgresRetentionTests(PostgresFixture postgres) : RetentionTests, IClassFixture<PostgresFixture>
{
    private protected override async Task<IStore> OpenAsync() => await PostgresStore.OpenAsync(postgres.ConnectionString, CancellationToken.None);
}

/// <summary>What is kept, and for how long: the same in every store.</summary>
public abstract class RetentionTests
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(3);

    private readonly ManualTime _time = new();

    [Fact]
    public async Task Closed_runs_are_deleted_when_their_retention_is_over_and_open_ones_never()
    {
        await using var store = await OpenAsync();
        using var site = await SiteAsync(store);
        var old = await site.StartAsync();
        await site.CloseAsync(old);
        var open = await site.StartAsync();
        _time.Pass(Kept / 2);
        var recent = await site.StartAsync();
        await site.CloseAsync(recent);
        _time.Pass(Kept / 2);

        Assert.Equal(0, await site.Sweeper.SweepAsync(CancellationToken.None));
        _time.Pass(TimeSpan.FromSeconds(1));
        Assert.Equal(1, await site.Sweeper.SweepAsync(CancellationToken.None));

        Assert.Null(await store.ReadRunAsync(old, CancellationToken.None));
        Assert.Null(await store.ReadCurrentRunIdAsync(old.Chain, CancellationToken.None));
        Assert.Empty(await store.ReadHistoryAsync(old.RunId, 1, 100, CancellationToken.None));
        Assert.NotNull(await store.ReadRunAsync(recent, CancellationToken.None));
        Assert.NotNull(await store.ReadRunAsync(open, CancellationToken.None));
    }

    [Fact]
    public async Task More_runs_than_one_batch_are_all_deleted()
    {
        const int runs = 120;
        await using var store = await OpenAsync();
        using var site = await SiteAsync(store);
        for (var index = 0; index < runs; index++)
        {
            await site.CloseAsync(await site.StartAsync());
        }

        _time.Pass(Kept + TimeSpan.FromSeconds(1));

        Assert.Equal(runs, await site.Sweeper.SweepAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_run_that_still_has_to_tell_others_of_its_end_is_left_for_later()
    {
        await using var store = await OpenAsync();
        using var site = await SiteAsync(store);
        var child = await site.StartAsync(started =>
        {
            started.ParentWorkflowNamespaceId = site.NamespaceId;
            started.ParentWorkflowExecution = new() { WorkflowId = "parent", RunId = Guid.NewGuid().ToString() };
        });
        await site.CloseAsync(child);
        _time.Pass(Kept + TimeSpan.FromSeconds(1));

        Assert.Equal(0, await site.Sweeper.SweepAsync(CancellationToken.None));
        await site.Executions.ChangeAsync(child, step => step.Delivered(1), CancellationToken.None);
        Assert.Equal(1, await site.Sweeper.SweepAsync(CancellationToken.None));
    }

    private protected abstract Task<IStore> OpenAsync();

    private async Task<Site> SiteAsync(IStore store)
    {
        var namespaces = new NamespaceRegistry(store);
        var name = $"namespace-{Guid.NewGuid()}";
        await namespaces.RegisterAsync(new RegisterNamespaceRequest { Namespace = name, WorkflowExecutionRetentionPeriod = Duration.FromTimeSpan(Kept) });
        var executions = new Executions(new ChainCache(store, _time, Announcers.Of(_time, new ScheduleWatch(_time))));
        var sweeper = new RetentionSweeper(namespaces, executions, store, _time, NullLogger<RetentionSweeper>.Instance);
        return new Site(namespaces, name, executions, sweeper);
    }

    /// <summary>As much of a server as it takes for runs to begin, close and go.</summary>
    private sealed record Site(NamespaceRegistry Namespaces, string Name, Executions Executions, RetentionSweeper Sweeper) : IDisposable
    {
        public string NamespaceId => Namespaces.Get(Name).Id;

        public async Task<RunKey> StartAsync(Action<Temporalio.Api.History.V1.WorkflowExecutionStartedEventAttributes>? configure = null)
        {
            var key = new RunKey(NamespaceId, $"workflow-{Guid.NewGuid()}", Guid.NewGuid().ToString());
            await Executions.BeginAsync(key, Name, configure);
            return key;
        }

        public Task CloseAsync(RunKey run) => Executions.TerminateAsync(run);

        public void Dispose() => Namespaces.Dispose();
    }
}
