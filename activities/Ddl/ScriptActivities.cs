using Orchestrator.Activities.Copy;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.OwnUndo;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Activities;

namespace Orchestrator.Activities.Ddl;

/// <summary>Steps made of SQL files, and the undo of every step, which is SQL files too.</summary>
public sealed class ScriptActivities(StepSites sites, TimeProvider time) : IScriptActivities
{
    [Activity]
    public Task<StepEffect> ApplyDdlAsync(StepReference step) => RunAsync(step, Direction.Do, s => ((DdlStep)s).Apply);

    [Activity]
    public Task<StepEffect> RunSqlAsync(StepReference step) => RunAsync(step, Direction.Do, s => ((SqlStep)s).Apply);

    [Activity]
    public Task<StepEffect> UndoAsync(StepReference step) => RunAsync(step, Direction.Undo, s => s.Undo);

    private Task<StepEffect> RunAsync(StepReference reference, Direction direction, Func<Step, IReadOnlyList<SqlScript>> scripts) =>
        ActivityFailures.TranslateAsync(async () =>
        {
            var activity = ActivityExecutionContext.Current;
            await using var pulse = new Pulse(activity, time);
            var site = await sites.FindAsync(reference, activity.CancellationToken);
            var patience = LockPatience.For(activity.Info.Attempt);
            return site.Step.UndoesItself
                ? await OwnUndoSteps.UndoAsync(site, activity.CancellationToken)
                : await RunAsync(site, direction, scripts(site.Step), patience, activity.CancellationToken);
        });

    internal static async Task<StepEffect> RunAsync(
        StepSite site, Direction direction, IReadOnlyList<SqlScript> scripts, TimeSpan lockTimeout, CancellationToken cancel)
    {
        if (await Steps.OpenAsync(site.Database, site.Claim(direction), cancel) is not { } held)
        {
            return new StepEffect(Effect.Nothing, 0, direction == Direction.Do ? "already done, nothing to do" : "nothing to take back");
        }

        var runner = new ScriptRunner(site.Database, held, lockTimeout) { Traces = site.IsRehearsal };
        var effect = Effect.Nothing;
        var rows = 0L;
        foreach (var script in scripts)
        {
            var (done, touched) = await runner.RunAsync(script, cancel);
            effect = done == ScriptEffect.Applied ? Effect.Changed : effect;
            rows += touched;
        }

        if (direction == Direction.Undo && site.Step is CopyStep)
        {
            // The rows are gone; what was in their way comes back, and has nothing to check.
            await new DeferredObjects(site.Database, held, parallel: 1).PutBackAsync(cancel);
        }

        if (direction == Direction.Undo && site.Step is RelinkStep)
        {
            await Unmapped.WithdrawAsync(site.Database, held, cancel);
        }

        await Steps.FinishAsync(site.Database, held, cancel);
        return new StepEffect(effect, rows, Note(direction, scripts.Count, rows));
    }

    private static string Note(Direction direction, int files, long rows)
    {
        var ran = files == 1 ? "1 file" : $"{files} files";
        var touched = rows == 0 ? "" : $", {rows:N0} rows";
        return $"{(direction == Direction.Do ? "applied" : "undone by")} {ran}{touched}";
    }
}
