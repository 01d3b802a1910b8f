using Dapper;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Ddl;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.OwnUndo;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Support;

/// <summary>One database that is ledger and target at once, with a plan published and a run opened: activities without Temporal.</summary>
internal sealed class Worksite : IAsyncDisposable
{
    private Worksite(string connection, MigrationPlan plan, string environment, string? source)
    {
        Plan = plan;
        Database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { MaxPoolSize = 8 }.ConnectionString);
        Databases = new Databases(new ActivitySettings { Ledger = connection, ReadVariable = name => name == SourceVariable ? source : connection });
        Sites = new StepSites(Databases);
        Run = new RunReference(Guid.NewGuid(), PlanCanon.DigestOf(plan), environment, "tester");
    }

    public const string SourceVariable = "SOURCE";

    public MigrationPlan Plan { get; }

    public NpgsqlDataSource Database { get; }

    public Databases Databases { get; }

    public StepSites Sites { get; }

    public RunReference Run { get; }

    public BatchReference Batch => new(Run, Plan.Batches[0].Id, "workflow");

    /// <param name="source">The database that a copy reads, for plans that bind one to <see cref="SourceVariable"/>.</param>
    public static async Task<Worksite> OpenAsync(string connection, MigrationPlan plan, string environment = "test", string? source = null)
    {
        var site = new Worksite(connection, plan, environment, source);
        await PublishedPlans.PublishAsync(await site.Databases.LedgerAsync(default), plan, default);
        return site;
    }

    public Task<StepSite> FindAsync(string step) => Sites.FindAsync(new StepReference(Batch, step), default);

    public async Task<StepEffect> DoAsync(string step)
    {
        var site = await FindAsync(step);
        return site.Step switch
        {
            DdlStep ddl => await ScriptActivities.RunAsync(site, Direction.Do, ddl.Apply, TimeSpan.FromSeconds(1), default),
            SqlStep sql => await ScriptActivities.RunAsync(site, Direction.Do, sql.Apply, TimeSpan.FromSeconds(1), default),
            { Kind: var kind } when kind.MovesRows() => await TransferAsync(step, _ => { }),
            { UndoesItself: true } => await OwnUndoSteps.DoAsync(site, Databases.Settings.ReadVariable, TimeProvider.System, default),
            _ => throw new InvalidOperationException($"No way to do a {site.Step.Kind}."),
        };
    }

    /// <summary>What TransferWorkflow does, in one lane and without Temporal.</summary>
    public async Task<StepEffect> TransferAsync(string step, Action<TransferProgress> report)
    {
        var site = await FindAsync(step);
        var activities = new TransferActivities(Sites, TimeProvider.System);
        var transfer = await activities.OfAsync(site, default);
        var opening = await TransferActivities.OpenAsync(site, transfer, default);
        if (opening.Settled is { } settled)
        {
            return settled;
        }

        var lane = new LaneReference(new StepReference(Batch, step), opening, 1, TimeSpan.FromMinutes(5));
        do
        {
            await activities.RunLaneAsync(site, transfer, lane, report, default);
        }
        while (await TransferActivities.ExtendAsync(site, transfer, opening, default));

        return await TransferActivities.FinishAsync(site, transfer, opening, default);
    }

    public async Task<StepEffect> UndoAsync(string step)
    {
        var site = await FindAsync(step);
        return site.Step.UndoesItself
            ? await OwnUndoSteps.UndoAsync(site, default)
            : await ScriptActivities.RunAsync(site, Direction.Undo, site.Step.Undo, TimeSpan.FromSeconds(1), default);
    }

    public async Task<int> ExecuteAsync(string sql)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql);
    }

    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<T>(sql);
    }

    public async ValueTask DisposeAsync()
    {
        await Databases.DisposeAsync();
        await Database.DisposeAsync();
    }
}
