using Dapper;
using Npgsql;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ledger;

internal sealed record TraceRow
{
    public required string Relation { get; init; }

    public required int LockLevel { get; init; }

    public required TimeSpan Held { get; init; }

    public required bool Rewritten { get; init; }

    public required long RowsRead { get; init; }
}

internal sealed record TraceLine
{
    public required string Step { get; init; }

    public required string Path { get; init; }

    public required string Relation { get; init; }

    public required int LockLevel { get; init; }

    public required double Milliseconds { get; init; }

    public required bool Rewritten { get; init; }

    public required long RowsRead { get; init; }
}

/// <summary>The table <c>orchestrator.ddl_traces</c>: which locks a file really took, and for how long.</summary>
internal static class DdlTraces
{
    public static Task RecordAsync(LedgerScope scope, HeldStep step, SqlScript script, IReadOnlyList<TraceRow> rows, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.ddl_traces (plan, batch, step, round, direction, path, relation, lock_level, held, rewritten, rows_read)
            values (@Plan, @Batch, @Step, @Round, @Direction, @Path, @Relation, @LockLevel, @Held, @Rewritten, @RowsRead)
            """,
            rows.Select(row => new
            {
                step.Key.Plan,
                step.Key.Batch,
                step.Key.Step,
                step.Row.Round,
                Direction = step.Direction == Direction.Do ? "do" : "undo",
                script.Path,
                row.Relation,
                row.LockLevel,
                row.Held,
                row.Rewritten,
                row.RowsRead,
            }),
            scope.Transaction,
            cancellationToken: cancel));

    /// <summary>The longest of all rounds, on the way forward.</summary>
    public static async Task<IReadOnlyList<TraceLine>> ReadAsync(NpgsqlDataSource database, string plan, string batch, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return
        [
            .. await connection.QueryAsync<TraceLine>(new CommandDefinition(
                """
                select step, path, relation, max(lock_level) as locklevel, max(extract(epoch from held) * 1000)::float8 as milliseconds,
                  bool_or(rewritten) as rewritten, max(rows_read) as rowsread
                from orchestrator.ddl_traces
                where plan = @Plan and batch = @Batch and direction = 'do'
                group by step, path, relation
                order by step, path, relation
                """,
                new { Plan = plan, Batch = batch },
                cancellationToken: cancel)),
        ];
    }
}
