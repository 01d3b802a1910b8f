using System.Collections.Immutable;

namespace Orchestrator.Workflows.Lint;

/// <summary>Every finding in the order of the files, those allowed with their reasons apart.</summary>
public sealed record LintReport(ImmutableArray<Finding> Findings, ImmutableArray<Finding> Allowed)
{
    /// <summary>How many more there are than a report holds.</summary>
    public int LeftOut { get; init; }

    public bool HasErrors => Findings.Any(finding => finding.Severity == Severity.Error);
}
