using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>What the plan has told about one relation. <see cref="CreatedIn"/> is the file that made it; null for one that was there before.</summary>
internal sealed class RelationFacts(int? createdIn)
{
    public int? CreatedIn => createdIn;

    public Dictionary<string, ColumnFacts> Columns { get; } = [];

    public List<ConstraintFacts> Constraints { get; } = [];
}

internal sealed record ColumnFacts(SqlType Type, bool NotNull, bool New);

internal sealed record ConstraintFacts(TableConstraint Constraint, bool Valid);

internal sealed record IndexFacts(SqlName Table, ImmutableArray<string> Columns, bool Unique, int CreatedIn);
