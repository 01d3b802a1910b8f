using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Lint;

public static class PlanFiles
{
    /// <summary>The SQL of a plan's steps in the order in which it runs, then the undo in the order in which it would. Chunks of backfills are not judged as DDL.</summary>
    public static IReadOnlyList<LintFile> Of(MigrationPlan plan)
    {
        var steps = BatchOrder.Sort(plan.Batches, batch => batch.Id, batch => batch.Needs).SelectMany(batch => batch.Steps).ToList();
        return
        [
            .. steps.SelectMany(step => Applied(step).Select(script => new LintFile(script.Path, script.Text) { Database = step.Database })),
            .. steps.AsEnumerable().Reverse().SelectMany(step => step.Undo
                .Select(script => new LintFile(script.Path, script.Text) { Database = step.Database, Role = FileRole.Undo })),
        ];
    }

    private static IReadOnlyList<SqlScript> Applied(Step step) => step switch
    {
        DdlStep ddl => ddl.Apply,
        SqlStep sql => sql.Apply,
        _ => [],
    };
}
