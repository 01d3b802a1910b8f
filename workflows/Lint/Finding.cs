using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Lint;

/// <summary>One risk of one statement: where, what it locks, why that is dangerous, and what to write instead.</summary>
public sealed record Finding
{
    public required string Rule { get; init; }

    public required Severity Severity { get; init; }

    public required string File { get; init; }

    public required SqlPosition At { get; init; }

    public required string Statement { get; init; }

    public required string Risk { get; init; }

    public required SaferForm Safer { get; init; }

    /// <summary>The table, index or view that it is about.</summary>
    public SqlName? Relation { get; init; }

    public RelationAge Age { get; init; }

    /// <summary>The strongest lock that the statement takes on that relation.</summary>
    public LockLevel? Lock { get; init; }

    public TableWork Work { get; init; }

    /// <summary>Set when the author has allowed it, with the reason given.</summary>
    public string? AllowedBecause { get; init; }
}

public enum Severity
{
    /// <summary>A habit worth changing; nothing breaks today.</summary>
    Notice,

    /// <summary>Blocks or breaks something for a moment, or under conditions that the text does not show.</summary>
    Warning,

    /// <summary>Loses data, breaks code that runs, blocks for as long as the table is large, or fails for certain.</summary>
    Error,
}

public enum RelationAge
{
    /// <summary>It was there before the plan, so it has readers and writers.</summary>
    Existing,

    /// <summary>An earlier file of the plan created it.</summary>
    NewInPlan,

    /// <summary>The same file created it.</summary>
    NewInFile,
}

/// <summary>What a statement does to the rows while it holds its lock, least first.</summary>
public enum TableWork
{
    None,
    Scan,
    BuildIndex,
    Rewrite,
}

/// <summary>Advice in a sentence, and the SQL where it can be written: each text is a file, and so a transaction, of its own.</summary>
public sealed record SaferForm(string Advice, ImmutableArray<string> Files)
{
    public SaferForm(string advice)
        : this(advice, [])
    {
    }

    public bool Equals(SaferForm? other) => other is not null && Advice == other.Advice && Files.SequenceEqual(other.Files);

    public override int GetHashCode() => Advice.GetHashCode(StringComparison.Ordinal);
}
