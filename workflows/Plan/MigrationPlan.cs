namespace Orchestrator.Workflows.Plan;

/// <summary>What a team wrote, parsed and complete: the SQL of every file is inside, so nothing reads the folder again.</summary>
public sealed record MigrationPlan
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    public required IReadOnlyList<string> Databases { get; init; }

    public required IReadOnlyList<PlanEnvironment> Environments { get; init; }

    public required IReadOnlyList<Batch> Batches { get; init; }

    /// <summary>The environment of this name, or the one that a rehearsal of this name is a clone of.</summary>
    public PlanEnvironment? FindEnvironment(string name) => Environments.FirstOrDefault(e => e.Name == EnvironmentName.Parse(name).Name);

    public Batch? FindBatch(string id) => Batches.FirstOrDefault(b => b.Id == id);
}

/// <summary>Where the plan's databases are. Without bindings they live on the worker's local server, which creates them.</summary>
public sealed record PlanEnvironment(string Name, IReadOnlyList<DatabaseBinding>? Bindings);

/// <summary>Names the environment variable that holds the connection string: a plan never holds a secret.</summary>
public sealed record DatabaseBinding(string Database, string Variable);

/// <summary>The text of one SQL file, or of one query written inside the plan.</summary>
public sealed record SqlScript(string Path, string Text)
{
    public const string Inline = "(inline)";
}

public sealed record Batch
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Owner { get; init; }

    public required IReadOnlyList<string> Needs { get; init; }

    public required IReadOnlyList<Check> Prechecks { get; init; }

    public required IReadOnlyList<Step> Steps { get; init; }

    public required IReadOnlyList<Check> Postchecks { get; init; }

    public Gate? Gate { get; init; }
}
