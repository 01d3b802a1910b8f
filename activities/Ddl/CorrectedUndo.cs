using Orchestrator.Workflows.Gates;
using Orchestrator.Workflows.Lint;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ddl;

/// <summary>A script that is written at night, with a migration half taken back, is looked at as closely as one in a plan.</summary>
internal static class CorrectedUndo
{
    // What is safe on the oldest that is still maintained is safe on every newer one.
    private static readonly LintSettings Settings = new() { PostgresVersion = 14 };

    public static void RefuseDangerous(MigrationPlan plan, CorrectionRecord record)
    {
        var step = StepSites.FindBatch(plan, record.Step.Batch.Batch).Steps.First(s => s.Id == record.Step.Step);
        var path = $"{record.Correction.Path} (corrected)";
        var report = PlanLinter.Lint(
            [.. PlanFiles.Of(plan), new LintFile(path, record.Correction.Sql!) { Database = step.Database, Role = FileRole.Undo }], Settings);
        var errors = report.Findings.Where(f => f.File == path && f.Severity == Workflows.Lint.Severity.Error).ToList();
        if (errors.Count > 0)
        {
            throw new RefusalException(
                $"{string.Join(" ", errors.Select(e => $"{record.Correction.Path}, line {e.At.Line}: {e.Risk} {e.Safer.Advice} ({e.Rule})"))} "
                + "Where it is right all the same, say so above the statement: -- lint: allow RULE because REASON.");
        }
    }
}
