using Npgsql;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Backfill;

/// <summary>The statement of a backfill: its author's own, or one made from the mapping; with its range filled in.</summary>
internal sealed class ChunkStatement(BackfillStep step, KeyRange range)
{
    private readonly string _text = step.Chunk is { } chunk ? SqlStatements.Split(chunk.Text)[0].Text : MappingSql.Write(step);

    public string Path => step.Chunk?.Path ?? "into";

    public NpgsqlBatchCommand For(string[]? after, string[]? last) => Fill((alias, command) => range.Within(alias, after, last, command));

    public NpgsqlBatchCommand ForRow(string[] key) => Fill((alias, command) => range.Exactly(alias, key, command));

    /// <summary>Has PostgreSQL look at the statement without running it: names and types are checked, nothing is written.</summary>
    public NpgsqlBatchCommand Explain(string[] last)
    {
        var command = For(null, last);
        command.CommandText = $"explain (format json) {command.CommandText}";
        return command;
    }

    private NpgsqlBatchCommand Fill(Func<string?, NpgsqlBatchCommand, string> condition)
    {
        var command = new NpgsqlBatchCommand();
        command.CommandText = RangePlaceholder.Fill(_text, alias => condition(alias, command));
        return command;
    }
}
