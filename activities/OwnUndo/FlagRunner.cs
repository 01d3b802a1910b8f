using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.OwnUndo;

internal sealed class FlagRunner(NpgsqlDataSource database, FlagStep step, HeldStep held)
{
    public Task<StepEffect> DoAsync(CancellationToken cancel) => InTransactionAsync(
        async scope =>
        {
            var before = await Flags.SetAsync(scope, held, step.Flag, step.Value, cancel);
            return new StepEffect(Effect.Changed, 0, $"{step.Flag} is {step.Value}, was {before}");
        },
        cancel);

    public Task<StepEffect> UndoAsync(CancellationToken cancel) => InTransactionAsync(
        async scope =>
        {
            if (await Flags.FindBeforeAsync(scope, held, cancel) is not { } before)
            {
                return new StepEffect(Effect.Nothing, 0, $"{step.Flag} was never set");
            }

            // Whoever has set it since had a reason; an older value must not go over theirs.
            return await Flags.PutBackAsync(scope, held, new FlagChange(step.Flag, step.Value, before), cancel)
                ? new StepEffect(Effect.Changed, 0, $"{step.Flag} is {before} again")
                : new StepEffect(Effect.Nothing, 0, $"{step.Flag} was set by others since, and is left as it is");
        },
        cancel);

    private async Task<StepEffect> InTransactionAsync(Func<LedgerScope, Task<StepEffect>> act, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        var effect = await act(scope);
        await transaction.CommitAsync(cancel);
        return effect;
    }
}
