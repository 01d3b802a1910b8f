using System.Text.Json;
using Dapper;

namespace Orchestrator.Activities.Ledger;

/// <summary>The table <c>orchestrator.seeded</c>: the rows that a seed has put in, by their keys.</summary>
internal static class Seeds
{
    public static Task RecordAsync(LedgerScope scope, HeldStep step, IReadOnlyDictionary<string, string> key, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.seeded (plan, batch, step, round, key)
            values (@Plan, @Batch, @Step, @Round, @Key::jsonb)
            on conflict do nothing
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round, Key = JsonSerializer.Serialize(key) },
            scope.Transaction,
            cancellationToken: cancel));

    public static async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> ReadAsync(LedgerScope scope, HeldStep step, CancellationToken cancel)
    {
        var keys = await scope.Connection.QueryAsync<string>(new CommandDefinition(
            """
            select key::text
            from orchestrator.seeded
            where plan = @Plan and batch = @Batch and step = @Step and round = @Round
            """,
            new { step.Key.Plan, step.Key.Batch, step.Key.Step, step.Row.Round },
            scope.Transaction,
            cancellationToken: cancel));
        return [.. keys.Select(key => JsonSerializer.Deserialize<Dictionary<string, string>>(key)!)];
    }
}
