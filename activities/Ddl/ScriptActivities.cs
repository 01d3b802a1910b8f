using Orchestrator.Activities.Copy;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.OwnUndo;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;
using Temporalio.Activities;

namespace Orchestrator.Activities.Ddl;

/// <summary>Steps made of SQL files, and the undo of every step, which is SQL files too.</summary>
/// <param name="sites">Where steps are worked on.</param>
/// <param name="time">For the heartbeats.</param>
/// <param name="random">For the jitter of lock timeouts.</param>
public sealed class ScriptActivities(StepSites sites, TimeProvider time, Random random) : IScriptActivities
{
    [Activity]
    public Task<StepEffect> ApplyDdlAsync(StepReference step) => DoAsync(step, s => ((DdlStep)s).Apply);

    [Activity]
    public Task<StepEffect> RunSqlAsync(StepReference step) => DoAsync(step, s => ((SqlStep)s).Apply);

    [Activity]
    public Task<StepEffect> UndoAsync(StepReference step) => ActAsync(step, async (site, patience, cancel) =>
    {
        if (await sites.FindCorrectionAsync(step, cancel) is { } corrected)
        {
            // In the place of the files that have not run yet: those that have are done, and stay so.
            return await RunAsync(site, Direction.Undo, [corrected], patience, cancel) with { Note = $"undone by {corrected.Path}" };
        }

        return site.Step.UndoesItself
            ? await OwnUndoSteps.UndoAsync(site, cancel)
            : await RunAsync(site, Direction.Undo, site.Step.Undo, patience, cancel);
    });

    private Task<StepEffect> DoAsync(StepReference reference, Func<Step, IReadOnlyList<SqlScript>> scripts) =>
        ActAsync(reference, (site, patience, cancel) => RunAsync(site, Direction.Do, scripts(site.Step), patience, cancel));

    private Task<StepEffect> ActAsync(StepReference reference, Func<StepSite, TimeSpan, CancellationToken, Task<StepEffect>> act) =>
        ActivityFailures.TranslateAsync(async () =>
        {
            var activity = ActivityExecutionContext.Current;
            await using var pulse = new Pulse(activity, time);
            var site = await sites.FindAsync(reference, activity.CancellationToken);
            return await act(site, LockPatience.For(activity.Info.Attempt, random.NextDouble()), activity.CancellationToken);
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
            await new DeferredObjects(site.Database, held, parallel: 1).PutBackAsync([], cancel);
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
