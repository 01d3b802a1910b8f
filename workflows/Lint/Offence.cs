using Orchestrator.Workflows.Sql;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Lint;

/// <summary>What a rule found at the statement it was shown.</summary>
internal sealed record Offence(string Risk, SaferForm Safer)
{
    public SqlName? Relation { get; init; }

    /// <summary>The one action of an <c>alter table</c> that it is about; otherwise the whole statement is.</summary>
    public AlterAction? Action { get; init; }

    /// <summary>Where this one is less, or more, than the rule's.</summary>
    public Severity? Severity { get; init; }

    /// <summary>An offset in the statement's own text; its start if not given.</summary>
    public int? Offset { get; init; }
}
