using Npgsql;
using Orchestrator.Activities.Compare;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks;

/// <summary>Where the checks of one round look: the databases that the plan means in the run's environment.</summary>
internal sealed record CheckSite(MigrationPlan Plan, RunReference Run, Databases Databases, TimeProvider Time)
{
    public CompareJournal Journal { get; init; } = CompareJournal.Unread();

    public long ComparedRows { get; init; } = Databases.Settings.ComparedRows;

    public Task<NpgsqlDataSource> FindAsync(string database, CancellationToken cancel) =>
        Databases.TargetAsync(Plan, Run.Environment, database, cancel);

    public async Task<Look> LookAsync(string database, CancellationToken cancel, LookMode mode = LookMode.ReadOnly) =>
        await Look.TakeAsync(await FindAsync(database, cancel), mode, cancel);

    /// <summary>For the other side of a comparison, which may be a replica, or nobody's to write to.</summary>
    public async Task<Look> LookSourceAsync(string database, CancellationToken cancel) =>
        await Look.TakeAsync(await Databases.SourceAsync(Plan, Run.Environment, database, cancel), LookMode.ReadOnly, cancel);

    public string? ReadVariable(string name) => Databases.Settings.ReadVariable(name);
}
