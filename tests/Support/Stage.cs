using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
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
using Orchestrator.Worker;
using Orchestrator.Workflows;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Client;
using Temporalio.Worker;
using TemporalDev.Server.Host;

namespace Orchestrator.Tests.Support;

/// <summary>
/// Everything that a batch needs but the command line: a Temporal service, a worker with the real workflows and activities, and
/// one database that is ledger and target. <c>TEMPORAL_ADDRESS</c> puts another Temporal in the place of the embedded one.
/// </summary>
public sealed class Stage : IAsyncLifetime
{
    public string TaskQueue { get; init; } = $"stage-{Guid.NewGuid():N}";

    /// <summary>Another Temporal in the place of the embedded one.</summary>
    public string? Service { get; init; } = Environment.GetEnvironmentVariable("TEMPORAL_ADDRESS");

    private readonly Stack<Func<Task>> _undo = new();
    private readonly ConcurrentQueue<string> _notices = new();

    /// <summary>What people were told, as it went out.</summary>
    internal IReadOnlyCollection<string> Notices => _notices;

    public string Connection { get; private set; } = "";

    /// <summary>Where Temporal is, whichever it is.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Databases other than the stage's own, by the variable that a binding names.</summary>
    public ConcurrentDictionary<string, string> Variables { get; } = [];

    public ITemporalClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Connection = await TestCluster.CreateDatabaseAsync();
        _undo.Push(() => TestCluster.DropDatabaseAsync(Connection));
        Address = Service is { Length: > 0 } named ? named : await ServeAsync();
        Client = await TemporalClient.ConnectAsync(new(Address));
        await SearchAttributes.TryRegisterAsync(Client, default);
        var databases = new Databases(new ActivitySettings { Ledger = Connection, ReadVariable = name => Variables.GetValueOrDefault(name, Connection) });
        _undo.Push(async () => await databases.DisposeAsync());
        var stop = new CancellationTokenSource();
        var working = WorkAsync(databases, stop.Token);
        _undo.Push(async () =>
        {
            await stop.CancelAsync();
            await working.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stop.Dispose();
        });
    }

    public async Task DisposeAsync()
    {
        while (_undo.TryPop(out var undo))
        {
            await undo();
        }
    }

    private async Task WorkAsync(Databases databases, CancellationToken stop)
    {
        var sites = new StepSites(databases);
        using var channel = new HttpClient(new Channel(_notices));
        using var worker = new TemporalWorker(Client, new TemporalWorkerOptions(TaskQueue) { MaxHeartbeatThrottleInterval = TimeSpan.FromMilliseconds(100) }
            .AddWorkflow<ProgramWorkflow>()
            .AddWorkflow<BatchWorkflow>()
            .AddWorkflow<TransferWorkflow>()
            .AddWorkflow<RehearsalWorkflow>()
            .AddAllActivities(new LedgerActivities(sites, databases, (_, _) => Task.FromResult(false), new Surroundings(IsIndexed: true, IsNotified: true)))
            .AddAllActivities(new NoticeActivities(channel, new Uri("http://channel/")))
            .AddAllActivities(new CheckActivities(sites, databases, TimeProvider.System))
            .AddAllActivities(new ScriptActivities(sites, TimeProvider.System, Random.Shared))
            .AddAllActivities(new TransferActivities(sites, TimeProvider.System))
            .AddAllActivities(new OwnUndoActivities(sites, databases, TimeProvider.System))
            .AddAllActivities(new RehearsalActivities(sites, databases, TimeProvider.System))
            .AddAllActivities(new ReportActivities(sites, databases)));
        await worker.ExecuteAsync(stop);
    }

    internal async Task<WorkflowHandle<BatchWorkflow, BatchOutcome>> StartBatchAsync(MigrationPlan plan)
    {
        var digest = await PublishAsync(plan);
        var input = new BatchInput { Plan = digest, Environment = "test", Batch = plan.Batches[0].Id, Requester = "requester" };
        return await Client.StartWorkflowAsync(
            (BatchWorkflow batch) => batch.RunAsync(input), new WorkflowOptions($"{plan.Name}/{input.Batch}", TaskQueue));
    }

    internal async Task<WorkflowHandle<ProgramWorkflow, ProgramOutcome>> StartProgramAsync(MigrationPlan plan)
    {
        var digest = await PublishAsync(plan);
        var input = new ProgramInput { Plan = digest, Environment = "test", Requester = "requester" };
        return await Client.StartWorkflowAsync(
            (ProgramWorkflow program) => program.RunAsync(input), new WorkflowOptions(WorkflowIds.Program(plan.Name, "test", digest), TaskQueue));
    }

    internal async Task<string> PublishAsync(MigrationPlan plan)
    {
        await using var ledger = NpgsqlDataSource.Create(Connection);
        await LedgerSchema.EnsureAsync(ledger, default);
        return await PublishedPlans.PublishAsync(ledger, plan, default);
    }

    private async Task<string> ServeAsync()
    {
        var server = await EmbeddedTemporal.StartAsync(new TemporalOptions(), NullLoggerFactory.Instance);
        _undo.Push(async () => await server.DisposeAsync());
        return server.Address;
    }

    private sealed class Channel(ConcurrentQueue<string> heard) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            heard.Enqueue(await request.Content!.ReadAsStringAsync(cancellationToken));
            return new HttpResponseMessage(HttpStatusCode.OK);
        }
    }
}
