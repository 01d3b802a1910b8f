using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>Copies tables from one database into tables of the same names and columns in another.</summary>
public sealed record CopyStep : Step
{
    /// <summary>The database that is read; <see cref="Step.Database"/> is written.</summary>
    public required string From { get; init; }

    /// <summary>Names, or a schema's name and a star: <c>public.*</c>.</summary>
    public required IReadOnlyList<string> Tables { get; init; }

    public IReadOnlyList<string>? Except { get; init; }

    /// <summary>How many rows a table must have in the end, where the plan says so.</summary>
    public IReadOnlyList<ExpectedRows>? Expect { get; init; }

    public References? References { get; init; }

    public TransferPace? Pace { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Copy;
}

public sealed record ExpectedRows(string Table, long Rows);

/// <summary>What becomes of foreign keys between the copied tables while rows are on their way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<References>))]
public enum References
{
    /// <summary>Taken away first; put back unchecked and then checked as a whole. Cycles and self-references need nothing else.</summary>
    Defer,

    /// <summary>Kept: tables go in the order of their references, and a self-reference is written in a second pass.</summary>
    TwoPass,
}
