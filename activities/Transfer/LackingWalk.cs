using Npgsql;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Transfer;

/// <summary>
/// The statement of a finished step once more, for rows that still lack what it gives them: range after range of the keys, so that
/// no transaction holds more rows than one range has.
/// </summary>
internal sealed class LackingWalk(NpgsqlConnection connection, KeyColumns key, StepTransaction work)
{
    private const int KeysAtOnce = 50_000;

    /// <param name="statement">With a placeholder for the range.</param>
    /// <param name="lackingSql">The condition for the rows that lack something.</param>
    /// <param name="entry">What the chain calls it.</param>
    /// <param name="cancel">Keeps the ranges that are done.</param>
    public async Task<long> RunAsync(string statement, string lackingSql, string entry, CancellationToken cancel)
    {
        var look = new KeyLook(connection, key);
        if (await look.LastKeyAsync(cancel) is not { } end)
        {
            return 0;
        }

        var rows = 0L;
        string[]? after = null;
        while (await look.NextEndAsync(after, end, KeysAtOnce, cancel) is var (last, _))
        {
            var command = new NpgsqlBatchCommand();
            command.CommandText = RangePlaceholder.Fill(statement, alias => $"({look.Range.Within(alias, after, last, command)} and ({lackingSql}))");
            rows += await work.RunAsync(
                entry,
                async scope =>
                {
                    await using var batch = new NpgsqlBatch(scope.Connection, scope.Transaction) { BatchCommands = { command }, Timeout = 0 };
                    return await batch.ExecuteNonQueryAsync(cancel);
                },
                cancel);
            after = last;
        }

        return rows;
    }
}
