using Npgsql;
using NpgsqlTypes;
using Orchestrator.Activities.Ledger;

namespace Orchestrator.Activities.Transfer;

/// <summary>Another lane took over a part of the range: what was planned for it may reach too far.</summary>
internal sealed class RangeCutException(int range) : Exception($"Range {range} was cut.");

/// <summary>Takes a range for one transaction, in the same round trip as the first statement that needs it.</summary>
internal static class RangeHold
{
    public const string RangeCutState = "OR002";

    public static NpgsqlBatchCommand Command(HeldStep step, RangeRow range) => new(
        "select chunk_milliseconds, rows_per_second, lanes from orchestrator.hold_range($1, $2, $3, $4, $5, $6, $7, $8)")
    {
        Parameters =
        {
            new() { Value = step.Key.Plan },
            new() { Value = step.Key.Batch },
            new() { Value = step.Key.Step },
            new() { Value = step.Row.Fence },
            new() { Value = step.Row.Round },
            new() { Value = range.Number },
            new() { Value = range.Fence },
            new() { Value = (object?)range.LastKey ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
        },
    };

    /// <summary>Runs the hold, and what follows it in the batch; answers with what people want of the transfer.</summary>
    public static async Task<TuningRow> RunAsync(NpgsqlBatch batch, HeldStep step, RangeRow range, CancellationToken cancel)
    {
        try
        {
            await using var reader = await batch.ExecuteReaderAsync(cancel);
            await reader.ReadAsync(cancel);
            var tuning = new TuningRow(Number(reader, 0), Number(reader, 1), Number(reader, 2));
            while (await reader.NextResultAsync(cancel))
            {
                // Only to the end: an error of a later statement is thrown on the way.
            }

            return tuning;
        }
        catch (PostgresException e) when (e.SqlState == Steps.FencedOffState)
        {
            throw new FencedOffException(step.Key.ToString(), range.Fence);
        }
        catch (PostgresException e) when (e.SqlState == RangeCutState)
        {
            throw new RangeCutException(range.Number);
        }
    }

    public static async Task<TuningRow> RunAsync(LedgerScope scope, HeldStep step, RangeRow range, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(scope.Connection, scope.Transaction) { BatchCommands = { Command(step, range) } };
        return await RunAsync(batch, step, range, cancel);
    }

    private static int? Number(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);
}
