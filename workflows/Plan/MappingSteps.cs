using System.Text.Json.Serialization;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Plan;

// Steps that say which old row is which new one.

/// <summary>Gives each key of a table a new identity that follows from the key alone, and keeps the pairs in a table of their own.</summary>
public sealed record IdMapStep : Step
{
    private const string TableSuffix = "_id_map";

    public required string Table { get; init; }

    /// <summary>One column: a number, a text or a uuid.</summary>
    public required string Key { get; init; }

    public required string Name { get; init; }

    /// <summary>What makes the ids of this map differ from those of another map for the same keys.</summary>
    public required Guid Namespace { get; init; }

    public TransferPace? Pace { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.IdMap;

    /// <summary>The table that a map of this name is kept in; null where it is no name.</summary>
    public static SqlName? TableOf(string name) => SqlName.TryParse(name) is { } parsed ? parsed with { Name = parsed.Name + TableSuffix } : null;
}

/// <summary>Fills uuid columns of a table from its old foreign keys, through id maps.</summary>
public sealed record RelinkStep : Step
{
    public required string Table { get; init; }

    public required IReadOnlyList<string> Key { get; init; }

    public required IReadOnlyList<Relink> Links { get; init; }

    public TransferPace? Pace { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Relink;
}

/// <param name="From">The column with the old key.</param>
/// <param name="Into">The column that takes the new id.</param>
/// <param name="Map">The name of the id map.</param>
public sealed record Relink(string From, string Into, string Map);

/// <summary>Finds for each row of one table the row of another that means the same, by ordered match keys, and keeps the pairs in a bridge table.</summary>
public sealed record MatchStep : Step
{
    public required string Table { get; init; }

    public required string Key { get; init; }

    public string? Where { get; init; }

    /// <summary>A condition over the source's columns: rows that nothing can be found for.</summary>
    public string? Invalid { get; init; }

    public required MatchTarget Target { get; init; }

    public required string Bridge { get; init; }

    /// <summary>The first one that finds anything decides.</summary>
    public required IReadOnlyList<MatchKey> By { get; init; }

    public TransferPace? Pace { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Match;
}

public sealed record MatchTarget(string Table, string Key)
{
    public string? Where { get; init; }
}

/// <summary>Expressions over the source's columns and as many over the target's, equal one by one once both are normalised.</summary>
public sealed record MatchKey(string Name, IReadOnlyList<string> Source, IReadOnlyList<string> Target)
{
    public required IReadOnlyList<Normalisation> Normalise { get; init; }
}

/// <summary>What of a text does not matter. Applied in this order, whatever order a plan names them in.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Normalisation>))]
public enum Normalisation
{
    /// <summary>Needs the extension of that name.</summary>
    Unaccent,
    Lower,

    /// <summary>Apostrophes and dots vanish, everything else between words becomes a space.</summary>
    Punctuation,

    /// <summary>Legal forms and generations at the end: GmbH, Ltd, Inc, Jr.</summary>
    Suffixes,
    Collapse,
    Trim,
}
