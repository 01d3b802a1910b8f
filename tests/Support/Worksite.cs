using Dapper;
using Npgsql;
using Orchestrator.Activities;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Ddl;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.OwnUndo;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Support;

/// <summary>One database that is ledger and target at once, with a plan published and a run opened: activities without Temporal.</summary>
internal sealed class Worksite : IAsyncDisposable
{
    private Worksite(string connection, MigrationPlan plan, string environment)
    {
        Plan = plan;
        Database = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection) { MaxPoolSize = 8 }.ConnectionString);
        Databases = new Databases(new ActivitySettings { Ledger = connection, ReadVariable = _ => connection });
        Sites = new StepSites(Databases);
        Run = new RunReference(Guid.NewGuid(), PlanCanon.DigestOf(plan), environment, "tester");
    }

    public MigrationPlan Plan { get; }

    public NpgsqlDataSource Database { get; }

    public Databases Databases { get; }

    public StepSites Sites { get; }

    public RunReference Run { get; }

    public BatchReference Batch => new(Run, Plan.Batches[0].Id, "workflow");

    public static async Task<Worksite> OpenAsync(string connection, MigrationPlan plan, string environment = "test")
    {
        var site = new Worksite(connection, plan, environment);
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
            { UndoesItself: true } => await OwnUndoSteps.DoAsync(site, Databases.Settings.ReadVariable, TimeProvider.System, default),
            BackfillStep => await BackfillActivities.RunAsync(site, _ => { }, default),
            _ => throw new InvalidOperationException($"No way to do a {site.Step.Kind}."),
        };
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
