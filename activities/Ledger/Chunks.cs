using System.Text.Json;
using Npgsql;
using NpgsqlTypes;

namespace Orchestrator.Activities.Ledger;

internal sealed record Chunk(long Number, string[]? After, string[] Last, long Rows, long Walked);

/// <summary>The table <c>orchestrator.chunks</c>, and the checkpoint in the step that moves with it.</summary>
internal static class Chunks
{
    /// <summary>Three statements in one round trip: the chunk, the checkpoint, the entry in the chain.</summary>
    public static async Task RecordAsync(LedgerScope scope, HeldStep step, Chunk chunk, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(scope.Connection, scope.Transaction);
        batch.BatchCommands.Add(Command(
            """
            insert into orchestrator.chunks (plan, batch, step, round, number, fence, after_key, last_key, rows, walked)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            """,
            step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, chunk.Number, step.Row.Fence, Keys(chunk.After), Keys(chunk.Last), chunk.Rows, chunk.Walked));
        batch.BatchCommands.Add(Command(
            """
            update orchestrator.steps
            set position = $4, rows = rows + $5, walked = walked + $6, chunks = $7, changed_at = clock_timestamp()
            where plan = $1 and batch = $2 and step = $3
            """,
            step.Key.Plan, step.Key.Batch, step.Key.Step, Keys(chunk.Last), chunk.Rows, chunk.Walked, chunk.Number));
        batch.BatchCommands.Add(Command(
            "select orchestrator.append('chunk', $1, $2::jsonb)",
            scope.Run,
            JsonSerializer.Serialize(new
            {
                batch = step.Key.Batch,
                step = step.Key.Step,
                round = step.Row.Round,
                number = chunk.Number,
                fence = step.Row.Fence,
                after = chunk.After,
                last = chunk.Last,
                rows = chunk.Rows,
            })));
        await batch.ExecuteNonQueryAsync(cancel);
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
