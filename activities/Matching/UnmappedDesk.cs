using Dapper;
using Npgsql;
using Orchestrator.Activities.IdMaps;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Matching;

/// <summary>Where people answer what steps could not tell: the queues of all databases that a plan matches or relinks in.</summary>
public sealed class UnmappedDesk(Databases databases, MigrationPlan plan, string environment)
{
    /// <summary>The databases that have a queue.</summary>
    public IReadOnlyList<string> DatabaseNames { get; } =
        [.. plan.Batches.SelectMany(b => b.Steps).Where(s => s is MatchStep or RelinkStep).Select(s => s.Database).Distinct()];

    public async Task<IReadOnlyList<(string Database, UnmappedEntry Entry)>> ListAsync(string? step, bool settled, int most, CancellationToken cancel)
    {
        var found = new List<(string, UnmappedEntry)>();
        foreach (var name in DatabaseNames)
        {
            var database = await databases.TargetAsync(plan, environment, name, cancel);
            var entries = await UnmappedQueue.ListAsync(database, new UnmappedFilter(plan.Name, step, settled, most), cancel);
            found.AddRange(entries.Select(e => (name, e)));
        }

        return found;
    }

    /// <param name="name">Which database; may be left out where only one has a queue.</param>
    /// <param name="id">Which entry.</param>
    /// <param name="answer">What a person says to it.</param>
    /// <param name="cancel">Leaves everything as it was.</param>
    public async Task<UnmappedEntry> AnswerAsync(string? name, long id, UnmappedAnswer answer, CancellationToken cancel)
    {
        var database = await databases.TargetAsync(plan, environment, Choose(name), cancel);
        return await UnmappedQueue.AnswerAsync(
            database,
            plan.Name,
            id,
            answer,
            (connection, entry) => answer.Act == UnmappedAct.Resolve ? RefuseUnknownAsync(connection, entry, answer.Target!, cancel) : Task.CompletedTask,
            cancel);
    }

    private string Choose(string? name)
    {
        if (name is not null)
        {
            return DatabaseNames.Contains(name) ? name : throw new RefusalException($"The plan '{plan.Name}' matches nothing in '{name}'; it does in {string.Join(", ", DatabaseNames)}.");
        }

        return DatabaseNames.Count switch
        {
            1 => DatabaseNames[0],
            0 => throw new RefusalException($"The plan '{plan.Name}' has no step that matches or relinks."),
            _ => throw new RefusalException($"Which database? Say --database, one of {string.Join(", ", DatabaseNames)}."),
        };
    }

    /// <summary>A counterpart that does not exist would be found out at the rerun only, or never.</summary>
    private async Task RefuseUnknownAsync(NpgsqlConnection connection, UnmappedEntry entry, string target, CancellationToken cancel)
    {
        var (targetTable, targetColumn) = PlaceOf(entry);
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            $"select exists (select from {targetTable} where {targetColumn}::text = @Target)", new { Target = target }, cancellationToken: cancel)))
        {
            throw new RefusalException($"Entry {entry.Id}: {targetTable} has no row whose {targetColumn} is {target}.");
        }
    }

    private (SqlIdentifier Table, SqlIdentifier Column) PlaceOf(UnmappedEntry entry) => plan.FindBatch(entry.Batch)?.Steps.FirstOrDefault(s => s.Id == entry.Step) switch
    {
        MatchStep match => (Names.Table(match.Target.Table), SqlIdentifier.Of(match.Target.Key)),
        RelinkStep relink when relink.Links.FirstOrDefault(l => RelinkSql.SubjectOf(relink, l) == entry.Subject) is { } link => (IdMapTable.NameOf(link.Map), SqlIdentifier.Of("new_id")),
        _ => throw new RefusalException($"Entry {entry.Id} belongs to the step {entry.Batch}.{entry.Step}, which the plan no longer has in that form."),
    };
}
