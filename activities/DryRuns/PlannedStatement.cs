using System.Text.Json;
using Npgsql;
using Orchestrator.Activities.Checks;

namespace Orchestrator.Activities.DryRuns;

/// <summary>What PostgreSQL's planner expects of a statement that writes: rows, and bytes a row.</summary>
internal sealed record PlannedStatement(long Rows, int Width)
{
    /// <summary>Planned in a transaction of its own: one that the planner refuses must not end the others.</summary>
    public static async Task<PlannedStatement?> TryAsync(NpgsqlDataSource database, NpgsqlBatchCommand statement, CancellationToken cancel)
    {
        await using var look = await Look.TakeAsync(database, LookMode.ReadOnly, cancel);
        statement.CommandText = $"explain (format json) {statement.CommandText}";
        await using var batch = new NpgsqlBatch(look.Connection) { BatchCommands = { statement } };
        try
        {
            return Read((string)(await batch.ExecuteScalarAsync(cancel))!);
        }
        catch (PostgresException) when (!cancel.IsCancellationRequested)
        {
            // Tables that an earlier batch makes, or a role that may not write: the walked table alone has to do.
            return null;
        }
    }

    public static PlannedStatement Read(string json)
    {
        var plan = JsonDocument.Parse(json).RootElement[0].GetProperty("Plan");
        // What a node that writes returns is nothing; what it is given is what it writes.
        if (plan.GetProperty("Node Type").GetString() == "ModifyTable"
            && plan.GetProperty("Plans").EnumerateArray().FirstOrDefault(p => p.GetProperty("Parent Relationship").GetString() == "Outer") is { ValueKind: JsonValueKind.Object } given)
        {
            plan = given;
        }

        return new PlannedStatement(plan.GetProperty("Plan Rows").GetInt64(), plan.GetProperty("Plan Width").GetInt32());
    }
}
