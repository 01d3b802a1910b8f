using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>A measured value against a rule.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ScalarCheck), "scalar")]
[JsonDerivedType(typeof(ZeroRowsCheck), "zero-rows")]
public abstract record Check
{
    private protected Check()
    {
    }

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Database { get; init; }

    public required Severity Severity { get; init; }

    public required SqlScript Query { get; init; }
}

/// <summary>The query returns one number, and the rule says which numbers are right.</summary>
public sealed record ScalarCheck : Check
{
    public required Rule Rule { get; init; }
}

/// <summary>Every row that the query returns is an exception; the first ones are kept as evidence.</summary>
public sealed record ZeroRowsCheck : Check;

[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Recorded, decides nothing.</summary>
    Warn,

    /// <summary>Holds the gate shut while it does not pass.</summary>
    Gate,

    /// <summary>Starts compensation at once, asking nobody.</summary>
    HardStop,
}

[JsonConverter(typeof(JsonStringEnumConverter<Verdict>))]
public enum Verdict
{
    Pass,
    Fail,

    /// <summary>The value could not be measured: never taken for a pass.</summary>
    Inconclusive,
}
