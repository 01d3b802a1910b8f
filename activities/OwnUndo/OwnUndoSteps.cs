using Orchestrator.Activities.IdMaps;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Matching;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.OwnUndo;

/// <summary>Runs steps that know how to take themselves back, in either direction.</summary>
internal static class OwnUndoSteps
{
    public static Task<StepEffect> DoAsync(StepSite site, Func<string, string?> readVariable, TimeProvider time, CancellationToken cancel) =>
        RunAsync(
            site,
            Direction.Do,
            held => site.Step switch
            {
                SeedStep seed => new SeedRunner(site.Database, seed, held).DoAsync(cancel),
                FlagStep flag => new FlagRunner(site.Database, flag, held).DoAsync(cancel),
                SmokeStep smoke => new SmokeRunner(site.Database, smoke, readVariable, time).RunAsync(cancel),
                _ => throw new InvalidOperationException($"A step of kind {site.Step.Kind} does not take itself back."),
            },
            cancel);

    public static Task<StepEffect> UndoAsync(StepSite site, CancellationToken cancel) =>
        RunAsync(
            site,
            Direction.Undo,
            held => site.Step switch
            {
                SeedStep seed => new SeedRunner(site.Database, seed, held).UndoAsync(cancel),
                FlagStep flag => new FlagRunner(site.Database, flag, held).UndoAsync(cancel),
                IdMapStep map => IdMapTable.DropAsync(site.Database, map, held, cancel),
                MatchStep match => new BridgeTable(match, held).DropAsync(site.Database, cancel),
                SmokeStep => Task.FromResult(new StepEffect(Effect.Nothing, 0, "it changed nothing")),
                _ => throw new InvalidOperationException($"A step of kind {site.Step.Kind} does not take itself back."),
            },
            cancel);

    private static async Task<StepEffect> RunAsync(StepSite site, Direction direction, Func<HeldStep, Task<StepEffect>> act, CancellationToken cancel)
    {
        if (await Steps.OpenAsync(site.Database, site.Claim(direction), cancel) is not { } held)
        {
            return new StepEffect(Effect.Nothing, 0, direction == Direction.Do ? "already done, nothing to do" : "nothing to take back");
        }

        var effect = await act(held);
        await Steps.FinishAsync(site.Database, held, cancel);
        return effect;
    }
}
