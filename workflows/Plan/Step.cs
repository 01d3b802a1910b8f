using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>One idempotent act. A new kind is one more record here, one line in the switch of BatchWorkflow, one activity.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(DdlStep), "ddl")]
[JsonDerivedType(typeof(SqlStep), "sql")]
[JsonDerivedType(typeof(BackfillStep), "backfill")]
[JsonDerivedType(typeof(SeedStep), "seed")]
[JsonDerivedType(typeof(FlagStep), "flag")]
[JsonDerivedType(typeof(SmokeStep), "smoke")]
[JsonDerivedType(typeof(CopyStep), "copy")]
[JsonDerivedType(typeof(IdMapStep), "idmap")]
[JsonDerivedType(typeof(RelinkStep), "relink")]
[JsonDerivedType(typeof(MatchStep), "match")]
public abstract record Step
{
    private protected Step()
    {
    }

    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Database { get; init; }

    public required IReadOnlyList<SqlScript> Undo { get; init; }

    [JsonIgnore]
    public abstract StepKind Kind { get; }

    /// <summary>It needs no SQL to be taken back.</summary>
    [JsonIgnore]
    public bool UndoesItself => Kind is StepKind.Seed or StepKind.Flag or StepKind.Smoke or StepKind.IdMap or StepKind.Match;
}

[JsonConverter(typeof(JsonStringEnumConverter<StepKind>))]
public enum StepKind
{
    Ddl,
    Sql,
    Backfill,
    Seed,
    Flag,
    Smoke,
    Copy,
    IdMap,
    Relink,
    Match,
}

public static class StepKinds
{
    /// <summary>It is worked off in ranges of keys, by TransferWorkflow.</summary>
    public static bool MovesRows(this StepKind kind) =>
        kind is StepKind.Backfill or StepKind.Copy or StepKind.IdMap or StepKind.Relink or StepKind.Match;
}

public sealed record DdlStep : Step
{
    public required IReadOnlyList<SqlScript> Apply { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Ddl;
}

public sealed record SqlStep : Step
{
    public required IReadOnlyList<SqlScript> Apply { get; init; }

    [JsonIgnore]
    public override StepKind Kind => StepKind.Sql;
}
