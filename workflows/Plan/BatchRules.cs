using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Plan;

/// <summary>What must hold inside one batch.</summary>
internal static class BatchRules
{
    public static IEnumerable<PlanProblem> Examine(string at, Batch batch, MigrationPlan plan)
    {
        var problems = new List<PlanProblem>();
        PlanRules.CheckId(problems, $"{at}.id", batch.Id);
        PlanRules.CheckCount(problems, $"{at}.steps", batch.Steps.Count, PlanLimits.StepsPerBatch, "steps");
        PlanRules.CheckCount(problems, $"{at}.prechecks", batch.Prechecks.Count + batch.Postchecks.Count, PlanLimits.ChecksPerBatch, "checks");
        PlanRules.CheckDistinct(problems, $"{at}.steps", batch.Steps.Select(s => s.Id), "step");
        PlanRules.CheckDistinct(problems, $"{at}.postchecks", batch.Prechecks.Concat(batch.Postchecks).Select(c => c.Id), "check");
        if (batch.Steps.Count == 0)
        {
            problems.Add(new($"{at}.steps", $"The batch '{batch.Id}' does nothing.", "Give it at least one step."));
        }

        for (var i = 0; i < batch.Steps.Count; i++)
        {
            ExamineStep(problems, $"{at}.steps[{i}]", batch.Steps[i], plan);
        }

        problems.AddRange(batch.Prechecks.SelectMany((check, i) => CheckRules.Examine($"{at}.prechecks[{i}]", check, batch, plan)));
        problems.AddRange(batch.Postchecks.SelectMany((check, i) => CheckRules.Examine($"{at}.postchecks[{i}]", check, batch, plan)));
        if (batch.Gate is { } gate)
        {
            problems.AddRange(GateExamination.Examine($"{at}.gate", gate));
        }

        return problems;
    }

    private static void ExamineStep(List<PlanProblem> problems, string at, Step step, MigrationPlan plan)
    {
        PlanRules.CheckId(problems, $"{at}.id", step.Id);
        PlanRules.CheckDatabase(problems, $"{at}.database", step.Database, plan);
        if (step.UndoesItself)
        {
            OwnUndoRules.Examine(problems, at, step);
            return;
        }

        if (step.Undo.Count == 0)
        {
            problems.Add(new($"{at}.undo", $"The step '{step.Id}' has no undo.", "Name the SQL file that takes it back."));
        }

        ExamineScripts(problems, $"{at}.undo", step.Undo);
        switch (step)
        {
            case DdlStep ddl:
                ExamineScripts(problems, $"{at}.apply", ddl.Apply);
                break;
            case SqlStep sql:
                ExamineScripts(problems, $"{at}.apply", sql.Apply);
                break;
            case BackfillStep backfill:
                TransferRules.Examine(problems, at, backfill);
                break;
            case CopyStep copy:
                TransferRules.Examine(problems, at, copy);
                PlanRules.CheckDatabase(problems, $"{at}.from", copy.From, plan);
                break;
            case RelinkStep relink:
                MappingRules.Examine(problems, at, relink);
                break;
            default:
                throw new InvalidOperationException($"A step of kind {step.Kind} has no rules.");
        }
    }

    private static void ExamineScripts(List<PlanProblem> problems, string at, IReadOnlyList<SqlScript> scripts)
    {
        PlanRules.CheckDistinct(problems, at, scripts.Select(s => s.Path), "file");
        foreach (var script in scripts)
        {
            problems.AddRange(ScriptRules.Examine(script).Select(p => new PlanProblem(at, $"{script.Path}: {p.Message}", p.Suggestion)));
        }
    }
}
