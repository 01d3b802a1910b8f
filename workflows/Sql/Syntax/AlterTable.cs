using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql.Syntax;

/// <summary><c>alter table</c>, and its forms for views, materialized views, indexes, sequences and foreign tables.</summary>
internal sealed record AlterTable(ObjectKind Kind, SqlName Table, ImmutableArray<AlterAction> Actions) : Statement;

internal abstract record AlterAction;

internal sealed record AddColumn(ColumnDefinition Column) : AlterAction;

internal sealed record DropColumn(string Column, bool Cascade) : AlterAction;

internal sealed record AlterColumnType(string Column, SqlType Type, Expression? Using) : AlterAction;

internal sealed record SetDefault(string Column) : AlterAction;

internal sealed record DropDefault(string Column) : AlterAction;

internal sealed record SetNotNull(string Column) : AlterAction;

internal sealed record DropNotNull(string Column) : AlterAction;

/// <summary>Gives a generated column another expression.</summary>
internal sealed record SetExpression(string Column) : AlterAction;

/// <summary>Makes a generated column a plain one.</summary>
internal sealed record DropExpression(string Column) : AlterAction;

internal sealed record AddIdentity(string Column) : AlterAction;

internal sealed record DropIdentity(string Column) : AlterAction;

/// <summary>Statistics target or planner options of a column: what <c>analyze</c> works with.</summary>
internal sealed record TuneColumn(string Column) : AlterAction;

/// <summary>Storage or compression of the values to come.</summary>
internal sealed record SetStorage(string Column) : AlterAction;

internal sealed record AddConstraint(TableConstraint Constraint) : AlterAction;

internal sealed record ValidateConstraint(string Name) : AlterAction;

internal sealed record DropConstraint(string Name, bool Cascade) : AlterAction;

internal sealed record AlterConstraint(string Name) : AlterAction;

internal sealed record SetTrigger(string Name, bool Enabled) : AlterAction;

internal sealed record SetRule(string Name, bool Enabled) : AlterAction;

internal sealed record SetRowSecurity(bool Enabled) : AlterAction;

internal sealed record Relocate(RelocateKind Kind, string Target) : AlterAction;

internal sealed record ClusterOn : AlterAction;

internal sealed record SetOptions(ImmutableArray<string> Names) : AlterAction;

internal sealed record Inherit(SqlName Parent) : AlterAction;

internal sealed record ReplicaIdentity : AlterAction;

internal sealed record ChangeOwner : AlterAction;

internal sealed record RenameTable(string NewName) : AlterAction;

internal sealed record RenameColumn(string Column, string NewName) : AlterAction;

internal sealed record RenameConstraint(string Name, string NewName) : AlterAction;

internal sealed record SetSchema(string Schema) : AlterAction;

internal sealed record AttachPartition(SqlName Partition, bool IsDefault) : AlterAction;

internal sealed record DetachPartition(SqlName Partition, bool Concurrently, bool Finalize) : AlterAction;

internal sealed record OtherAction : AlterAction;

internal enum RelocateKind
{
    Logged,
    Unlogged,
    Tablespace,
    AccessMethod,
}
