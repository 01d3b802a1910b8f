using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Backfill;

/// <summary>The statement of a backfill: its author's own, or one made from the mapping; with its range filled in.</summary>
internal sealed class ChunkStatement(BackfillStep step, KeyRange range) : IChunkWriter
{
    private readonly string _text = step.Chunk is { } chunk ? SqlStatements.Split(chunk.Text)[0].Text : MappingSql.Write(step);

    public string Path => step.Chunk?.Path ?? "into";

    public async Task<(long Rows, TuningRow Tuning)> WriteAsync(LedgerScope scope, HeldStep held, RangeRow range, string[] last, CancellationToken cancel)
    {
        var write = For(range.From, last);
        await using var batch = new NpgsqlBatch(scope.Connection, scope.Transaction) { BatchCommands = { RangeHold.Command(held, range), write }, Timeout = 0 };
        var tuning = await RangeHold.RunAsync(batch, held, range, cancel);
        return (Math.Max(0, write.RecordsAffected), tuning);
    }

    public NpgsqlBatchCommand For(string[]? after, string[]? last) => Fill((alias, command) => range.Within(alias, after, last, command));

    public NpgsqlBatchCommand ForRow(string[] key) => Fill((alias, command) => range.Exactly(alias, key, command));

    /// <summary>Has PostgreSQL look at the statement without running it: names and types are checked, nothing is written. Answers with the plan, line by line.</summary>
    public NpgsqlBatchCommand Explain(string[] last)
    {
        var command = For(null, last);
        command.CommandText = $"explain (verbose, costs off) {command.CommandText}";
        return command;
    }

    private NpgsqlBatchCommand Fill(Func<string?, NpgsqlBatchCommand, string> condition)
    {
        var command = new NpgsqlBatchCommand();
        command.CommandText = RangePlaceholder.Fill(_text, alias => condition(alias, command));
        return command;
    }
}
