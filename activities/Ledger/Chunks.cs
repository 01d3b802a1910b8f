using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Orchestrator.Activities.Ledger;

internal sealed record Chunk(string[]? After, string[] Last, long Rows, long Walked);

/// <summary>The table <c>orchestrator.chunks</c>, and the checkpoint in the range that moves with it.</summary>
internal static class Chunks
{
    /// <summary>Three statements in one round trip: the chunk, the checkpoint, the entry in the chain.</summary>
    public static async Task<RangeRow> RecordAsync(LedgerScope scope, HeldStep step, RangeRow range, Chunk chunk, CancellationToken cancel)
    {
        var next = range with
        {
            Position = chunk.Last,
            Rows = range.Rows + chunk.Rows,
            Walked = range.Walked + chunk.Walked,
            Chunks = range.Chunks + 1,
        };
        await using var batch = new NpgsqlBatch(scope.Connection, scope.Transaction);
        batch.BatchCommands.Add(Command(
            """
            insert into orchestrator.chunks (plan, batch, step, round, range, number, fence, after_key, last_key, rows, walked)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            """,
            step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, range.Number, next.Chunks, range.Fence, Keys(chunk.After), Keys(chunk.Last), chunk.Rows, chunk.Walked));
        batch.BatchCommands.Add(Command(
            """
            update orchestrator.ranges
            set position = $6, rows = $7, walked = $8, chunks = $9, changed_at = clock_timestamp()
            where plan = $1 and batch = $2 and step = $3 and round = $4 and number = $5
            """,
            step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, range.Number, Keys(chunk.Last), next.Rows, next.Walked, next.Chunks));
        batch.BatchCommands.Add(Command(
            "select orchestrator.append('chunk', $1, $2::jsonb)",
            scope.Run,
            JsonSerializer.Serialize(new
            {
                batch = step.Key.Batch,
                step = step.Key.Step,
                round = step.Row.Round,
                range = range.Number,
                number = next.Chunks,
                fence = range.Fence,
                after = chunk.After,
                last = chunk.Last,
                rows = chunk.Rows,
            })));
        await batch.ExecuteNonQueryAsync(cancel);
        return next;
    }

    private static NpgsqlParameter Keys(string[]? keys) =>
        new() { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text, Value = (object?)keys ?? DBNull.Value };

    private static NpgsqlBatchCommand Command(string sql, params ReadOnlySpan<object> values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
