using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql.Syntax;

/// <summary>What a statement does, as far as its risks go. What is not read further is an <see cref="OtherStatement"/>, never an error.</summary>
internal abstract record Statement;

internal sealed record OtherStatement : Statement;

/// <summary>A backslash command of psql.</summary>
internal sealed record MetaCommand : Statement;

internal sealed record CreateTable(SqlName Table) : Statement
{
    public bool Temporary { get; init; }

    public bool IfNotExists { get; init; }

    public ImmutableArray<ColumnDefinition> Columns { get; init; } = [];

    public ImmutableArray<TableConstraint> Constraints { get; init; } = [];

    public ImmutableArray<SqlName> Parents { get; init; } = [];

    public SqlName? PartitionOf { get; init; }

    public bool FromQuery { get; init; }

    /// <summary>Copies the columns, and perhaps the keys, of another table.</summary>
    public bool Like { get; init; }

    public bool OfType { get; init; }

    public bool Partitioned { get; init; }
}

internal sealed record CreateIndex(SqlName Table) : Statement
{
    public string? Name { get; init; }

    public bool Unique { get; init; }

    public bool Concurrently { get; init; }

    public bool IfNotExists { get; init; }

    /// <summary>The plain columns, in order; it ends at the first expression.</summary>
    public ImmutableArray<string> LeadingColumns { get; init; } = [];

    public bool Partial { get; init; }
}

internal sealed record CreateView(SqlName View, bool Replace, bool Materialized) : Statement;

internal sealed record CreateTrigger(string Name, SqlName Table, SqlName? From) : Statement;

internal sealed record CreateRule(string Name, SqlName Table) : Statement;

internal sealed record CreatePolicy(string Name, SqlName Table) : Statement;

internal sealed record CreateStatistics(ImmutableArray<SqlName> Tables) : Statement;

/// <summary>A type; with labels if it is an enum.</summary>
internal sealed record CreateType(SqlName Type, ImmutableArray<string>? Labels) : Statement;

internal sealed record CreateFunction(SqlName Function, bool Replace) : Statement;

internal sealed record CreateObject(ObjectKind Kind, SqlName Name) : Statement;

internal sealed record DropObjects(ObjectKind Kind, ImmutableArray<SqlName> Names) : Statement
{
    public bool IfExists { get; init; }

    public bool Concurrently { get; init; }

    public bool Cascade { get; init; }
}

/// <summary>Drops a trigger, a rule or a policy, which live on a table.</summary>
internal sealed record DropFromTable(ObjectKind Kind, string Name, SqlName Table, bool Cascade) : Statement;

internal sealed record RenameObject(ObjectKind Kind, SqlName Name, string NewName) : Statement;

/// <summary>Renames a trigger, a rule or a policy.</summary>
internal sealed record RenameOnTable(ObjectKind Kind, string Name, SqlName Table, string NewName) : Statement;

internal sealed record MoveObject(ObjectKind Kind, SqlName Name, string Schema) : Statement;

internal sealed record AddEnumValue(SqlName Type, string Label, bool Placed, bool IfNotExists) : Statement;

internal sealed record RenameEnumValue(SqlName Type, string Label, string NewLabel) : Statement;

internal sealed record AlterAttribute(SqlName Type) : Statement;

internal sealed record AlterDomain(SqlName Domain, DomainChange Change) : Statement;

internal sealed record AlterPolicy(string Name, SqlName Table) : Statement;

/// <summary>A change to the whole server: its settings, roles, tablespaces, databases.</summary>
internal sealed record AlterServer(string What) : Statement;

internal sealed record CommentOn(ObjectKind Kind, SqlName Name) : Statement;

internal sealed record Grant(SqlName? Table) : Statement;

internal sealed record Revoke(SqlName? Table) : Statement;

internal enum DomainChange
{
    AddConstraint,
    AddConstraintNotValid,
    ValidateConstraint,
    SetNotNull,
    Other,
}

internal enum ObjectKind
{
    Table,
    View,
    MaterializedView,
    ForeignTable,
    Index,
    Sequence,
    Schema,
    Database,
    Tablespace,
    Role,
    Type,
    Domain,
    Function,
    Procedure,
    Aggregate,
    Trigger,
    Rule,
    Policy,
    Extension,
    Column,
    Constraint,
    Owned,
    Publication,
    Subscription,
    Statistics,
    Other,
}
