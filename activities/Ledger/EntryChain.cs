using System.Text.Json;
using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

/// <summary>The table <c>orchestrator.entries</c>: the append-only hash chain.</summary>
internal static class EntryChain
{
    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>Call it last: it serialises writers from here until the commit.</summary>
    public static Task AppendAsync(LedgerScope scope, string kind, object body, CancellationToken cancel) =>
        scope.Connection.ExecuteAsync(new CommandDefinition(
            "select orchestrator.append(@Kind, @Run, @Body::jsonb)",
            new { Kind = kind, scope.Run, Body = JsonSerializer.Serialize(body, Json) },
            scope.Transaction,
            cancellationToken: cancel));

    /// <summary>An entry that stands for itself.</summary>
    public static async Task AppendAsync(NpgsqlDataSource ledger, Guid run, string kind, object body, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await AppendAsync(new LedgerScope(connection, transaction, run), kind, body, cancel);
        await transaction.CommitAsync(cancel);
    }
}
