using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>
/// A measured value against a rule. A new kind is one record with a line here, one entry in the plan reader, and one file that
/// measures it.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(ScalarCheck), "scalar")]
[JsonDerivedType(typeof(ZeroRowsCheck), "zero-rows")]
[JsonDerivedType(typeof(BaselineCheck), "baseline")]
[JsonDerivedType(typeof(ExpectedFailureCheck), "expected-failure")]
[JsonDerivedType(typeof(UsesIndexCheck), "uses-index")]
[JsonDerivedType(typeof(RowParityCheck), "row-parity")]
[JsonDerivedType(typeof(SumParityCheck), "sum-parity")]
[JsonDerivedType(typeof(SameContentCheck), "same-content")]
[JsonDerivedType(typeof(DuplicatesCheck), "duplicates")]
[JsonDerivedType(typeof(OrphansCheck), "orphans")]
[JsonDerivedType(typeof(NullsCheck), "nulls")]
[JsonDerivedType(typeof(ObjectsCheck), "objects")]
[JsonDerivedType(typeof(ColumnsCheck), "columns")]
[JsonDerivedType(typeof(EnumCheck), "enum")]
[JsonDerivedType(typeof(IndexCheck), "index")]
[JsonDerivedType(typeof(ConstraintCheck), "constraint")]
[JsonDerivedType(typeof(EnvironmentCheck), "environment")]
[JsonDerivedType(typeof(FlagCheck), "flag")]
[JsonDerivedType(typeof(DiskCheck), "disk")]
[JsonDerivedType(typeof(BackupCheck), "backup")]
[JsonDerivedType(typeof(RehearsedCheck), "rehearsed")]
[JsonDerivedType(typeof(UnmappedCheck), "unmapped")]
public abstract record Check
{
    private protected Check()
    {
    }

    public required CheckHead Head { get; init; }

    [JsonIgnore]
    public string Id => Head.Id;

    [JsonIgnore]
    public string Title => Head.Title;

    [JsonIgnore]
    public string Database => Head.Database;

    [JsonIgnore]
    public Severity Severity => Head.Severity;

    /// <summary>Which measured values are right, in words.</summary>
    public abstract string DescribeRule();

    /// <summary>What may be wrong although this check passes.</summary>
    public abstract string DescribeBlindSpot();
}

/// <summary>What every kind of check has.</summary>
public sealed record CheckHead(string Id, string Title, string Database, Severity Severity);

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
