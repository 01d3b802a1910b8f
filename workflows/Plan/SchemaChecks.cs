using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>All of these are there, or none of them.</summary>
public sealed record ObjectsCheck : Check
{
    public required ObjectKind What { get; init; }

    public required IReadOnlyList<string> Names { get; init; }

    public required bool Absent { get; init; }

    public override string DescribeRule() => Absent ? "none there" : "all there";

    public override string DescribeBlindSpot() => "What the objects look like inside.";
}

[JsonConverter(typeof(JsonStringEnumConverter<ObjectKind>))]
public enum ObjectKind
{
    Table,
    View,
    Sequence,
    Index,
    Type,
    Function,
    Trigger,
    Schema,
    Extension,
}

/// <summary>A table's columns by name, where stated also by type, default and nullability.</summary>
public sealed record ColumnsCheck : Check
{
    public required string Table { get; init; }

    public required IReadOnlyList<ColumnShape> Columns { get; init; }

    /// <summary>Exactly these in this order; otherwise others may stand between them.</summary>
    public required bool Exact { get; init; }

    public override string DescribeRule() => Exact ? $"exactly {Columns.Count} columns as stated" : $"{Columns.Count} columns as stated";

    public override string DescribeBlindSpot() => "Types where only names are stated; defaults, generated values and collations.";
}

/// <summary>What is not stated may be anything.</summary>
public sealed record ColumnShape(string Name, string? Type = null, bool? NotNull = null)
{
    private const string Refuses = " not null";

    /// <summary>Reads <c>name</c>, <c>name type</c> or <c>name type not null</c>.</summary>
    public static ColumnShape Parse(string text)
    {
        var notNull = text.EndsWith(Refuses, StringComparison.OrdinalIgnoreCase);
        var words = (notNull ? text[..^Refuses.Length] : text).Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new ColumnShape(words.ElementAtOrDefault(0) ?? "", words.ElementAtOrDefault(1), notNull ? true : null);
    }

    public override string ToString() => $"{Name}{(Type is null ? "" : $" {Type}")}{(NotNull is true ? " not null" : "")}";
}

/// <summary>The values of an enum type, in their order.</summary>
public sealed record EnumCheck : Check
{
    public required string Type { get; init; }

    public required IReadOnlyList<string> Values { get; init; }

    public override string DescribeRule() => $"these {Values.Count} values in this order";

    public override string DescribeBlindSpot() => "Columns that do not use the type.";
}

/// <summary>An index that is whole and defined like this, as PostgreSQL itself would write it.</summary>
public sealed record IndexCheck : Check
{
    public required string Table { get; init; }

    public required string Index { get; init; }

    /// <summary>Columns or expressions, each with its order if it is not the usual one.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    public required IReadOnlyList<string> Includes { get; init; }

    public required string Method { get; init; }

    public required bool Unique { get; init; }

    public string? Where { get; init; }

    public override string DescribeRule() =>
        $"valid, {(Unique ? "unique " : "")}{Method} ({string.Join(", ", Columns)}){(Where is null ? "" : $" where {Where}")}";

    public override string DescribeBlindSpot() => "Whether any query uses it.";
}

/// <summary>A constraint that is there, of this kind, and validated.</summary>
public sealed record ConstraintCheck : Check
{
    public required string Table { get; init; }

    public required string Constraint { get; init; }

    public ConstraintKind? Type { get; init; }

    /// <summary>As <c>pg_get_constraintdef</c> writes it; letter case and spaces do not matter.</summary>
    public string? Definition { get; init; }

    public override string DescribeRule() => $"validated{(Type is { } type ? $" {Words(type)}" : "")}{(Definition is null ? "" : $": {Definition}")}";

    public override string DescribeBlindSpot() => "What the constraint does not say.";

    public static string Words(ConstraintKind kind) => kind switch
    {
        ConstraintKind.PrimaryKey => "primary key",
        ConstraintKind.ForeignKey => "foreign key",
        ConstraintKind.Unique => "unique constraint",
        ConstraintKind.Check => "check",
        ConstraintKind.Exclusion => "exclusion",
        _ => throw new InvalidOperationException($"No words for {kind}."),
    };
}

[JsonConverter(typeof(JsonStringEnumConverter<ConstraintKind>))]
public enum ConstraintKind
{
    PrimaryKey,
    ForeignKey,
    Unique,
    Check,
    Exclusion,
}
