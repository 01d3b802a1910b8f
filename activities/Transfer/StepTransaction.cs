using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Transfer;

/// <summary>
/// What a step does beside its chunks: at its end, and when it is run again. Nobody else does it while the step is being done, and
/// the chain has an entry of it where rows were changed.
/// </summary>
internal sealed class StepTransaction(NpgsqlConnection connection, HeldStep held, string path)
{
    /// <summary>For what changes no rows of anybody's: it has no entry.</summary>
    public Task RunAsync(Func<LedgerScope, Task> act, CancellationToken cancel) => RunAsync(
        "",
        async scope =>
        {
            await act(scope);
            return 0;
        },
        cancel);

    /// <param name="entry">What the chain calls it.</param>
    /// <param name="act">Answers with the rows changed.</param>
    /// <param name="cancel">Leaves everything as it was.</param>
    public async Task<long> RunAsync(string entry, Func<LedgerScope, Task<long>> act, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        try
        {
            await Steps.ShareWhileDoingAsync(scope, held, cancel);
            var rows = await act(scope);
            if (rows > 0)
            {
                await EntryChain.AppendAsync(scope, entry, new { held.Key.Batch, held.Key.Step, held.Row.Round, Rows = rows }, cancel);
            }

            await transaction.CommitAsync(cancel);
            return rows;
        }
        catch (PostgresException e)
        {
            throw new StatementException(path, null, e);
        }
    }
}
