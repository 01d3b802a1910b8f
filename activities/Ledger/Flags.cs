using Dapper;
using Npgsql;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Ledger;

internal sealed record FlagChange(string Flag, string Value, string Before);

/// <summary>The table <c>orchestrator.flags</c>: feature flags as applications read them. Only steps write it.</summary>
internal static class Flags
{
    /// <summary>False when the flag no longer has the value that the step gave it.</summary>
    public static async Task<bool> PutBackAsync(LedgerScope scope, HeldStep step, FlagChange change, CancellationToken cancel)
    {
        var changed = await scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            update orchestrator.flags
            set value = @Before, changed_at = clock_timestamp(), changed_by = @Run
            where name = @Flag and value = @Value
            """,
            new { change.Flag, change.Value, change.Before, step.Run },
            scope.Transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(
            scope, "flag-put-back", new { step.Key.Batch, step.Key.Step, change.Flag, Before = change.Value, Value = change.Before, Changed = changed == 1 }, cancel);
        return changed == 1;
    }

    /// <summary>A flag that nobody has set is off.</summary>
    public static async Task<string> ReadAsync(NpgsqlDataSource database, string flag, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<string>(new CommandDefinition(
            "select value from orchestrator.flags where name = @Flag", new { Flag = flag }, cancellationToken: cancel)) ?? FlagRules.Off;
    }

    /// <summary>Sets the flag for a step, and keeps what the step found, once a round, for its undo.</summary>
    public static async Task<string> SetAsync(LedgerScope scope, HeldStep step, string flag, string value, CancellationToken cancel)
    {
        var before = await scope.Connection.ExecuteScalarAsync<string>(new CommandDefinition(
            "select orchestrator.set_flag(@Plan, @Batch, @Step, @Round, @Run, @Flag, @Value)",
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, step.Run, Flag = flag, Value = value },
            scope.Transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(scope, "flag-set", new { step.Key.Batch, step.Key.Step, Flag = flag, Before = before, Value = value }, cancel);
        return before!;
    }

    /// <summary>What the flag was before the step's round, or null where the step never set it.</summary>
    public static Task<string?> FindBeforeAsync(LedgerScope scope, HeldStep step, CancellationToken cancel) =>
        scope.Connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            select before
            from orchestrator.flag_changes
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round },
            scope.Transaction,
            cancellationToken: cancel));
}
