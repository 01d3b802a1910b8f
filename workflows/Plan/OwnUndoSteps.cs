using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

// Steps that know how to take themselves back, and need no SQL for it.

/// <summary>Puts reference rows in. Rows that are there already stay as they are, and stay when the step is taken back.</summary>
public sealed record SeedStep : Step
{
    public required string Table { get; init; }

    /// <summary>The columns by which a row is known; a unique constraint must be on them.</summary>
    public required IReadOnlyList<string> Key { get; init; }

    public required IReadOnlyList<IReadOnlyDictionary<string, string?>> Rows { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Seed;
}

/// <summary>Sets a feature flag; taken back, the flag is what it was before.</summary>
public sealed record FlagStep : Step
{
    public required string Flag { get; init; }

    public required string Value { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Flag;
}

/// <summary>Tries whether the application still works, by HTTP or by SQL, again and again for a while. Changes nothing.</summary>
public sealed record SmokeStep : Step
{
    public HttpProbe? Http { get; init; }

    public SqlProbe? Sql { get; init; }

    /// <summary>How long it may take until it works.</summary>
    public required TimeSpan Within { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Smoke;
}

/// <summary>A GET that must be answered like this. The address comes from the worker's environment, like everything that differs between environments.</summary>
public sealed record HttpProbe
{
    public required string Variable { get; init; }

    public required string Path { get; init; }

    public required int Status { get; init; }

    public string? Contains { get; init; }
}

public sealed record SqlProbe(SqlScript Query, Rule Rule);
