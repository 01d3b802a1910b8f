using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql.Syntax;

internal sealed record ColumnDefinition(string Name, SqlType Type)
{
    public bool NotNull { get; init; }

    public bool PrimaryKey { get; init; }

    public bool Unique { get; init; }

    public Expression? Default { get; init; }

    public Generation Generation { get; init; }

    public Expression? Check { get; init; }

    public ForeignTarget? References { get; init; }

    public bool HasDefault => Default is { IsNull: false } || Generation != Generation.None || Type.IsSerial;
}

internal enum Generation
{
    None,
    Identity,
    Stored,
    Virtual,

    /// <summary>Neither STORED nor VIRTUAL is said: virtual from PostgreSQL 18 on, a syntax error before.</summary>
    Unsaid,
}

internal sealed record ForeignTarget(SqlName Table, ImmutableArray<string> Columns);

internal enum ConstraintKind
{
    PrimaryKey,
    Unique,
    Exclude,
    Check,
    ForeignKey,
    NotNull,
}

internal sealed record TableConstraint(ConstraintKind Kind, string? Name, string Text)
{
    public ImmutableArray<string> Columns { get; init; } = [];

    public ForeignTarget? References { get; init; }

    public Expression? Check { get; init; }

    public string? UsingIndex { get; init; }

    /// <summary>Something follows the columns or the expression.</summary>
    public bool HasAttributes { get; init; }

    public bool NotValid { get; init; }

    public bool NotEnforced { get; init; }
}
