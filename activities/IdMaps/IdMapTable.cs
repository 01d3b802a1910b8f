using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.IdMaps;

/// <summary>The table of one id map: <c>old_key</c> and <c>new_id</c>, each unique.</summary>
internal static class IdMapTable
{
    private static readonly string[] KeyTypes = ["smallint", "integer", "bigint", "text", "uuid"];

    public static SqlIdentifier NameOf(string map) =>
        SqlIdentifier.Of(IdMapStep.TableOf(map) ?? throw new RefusalException($"'{map}' is not the name of an id map."));

    public static async Task MakeAsync(LedgerScope scope, IdMapStep step, HeldStep held, KeyColumns key, CancellationToken cancel)
    {
        var typeSql = key.Columns[0].Type;
        if (!KeyTypes.Contains(typeSql) && !typeSql.StartsWith("character varying", StringComparison.Ordinal))
        {
            throw new RefusalException($"The key {step.Key} of {step.Table} is of type {typeSql}: new ids are made from numbers without fractions, texts and uuids.");
        }

        await new OwnTable(NameOf(step.Name), held.Key).MakeAsync(scope, $"(old_key {typeSql} primary key, new_id uuid not null unique)", cancel);
    }

    public static async Task<StepEffect> DropAsync(NpgsqlDataSource database, IdMapStep step, HeldStep held, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.HoldAsync(scope, held, cancel);
        var mapTable = NameOf(step.Name);
        var dropped = await new OwnTable(mapTable, held.Key).DropAsync(scope, cancel);
        await EntryChain.AppendAsync(scope, "id-map-dropped", new { held.Key.Batch, held.Key.Step, Map = mapTable.ToString(), Dropped = dropped }, cancel);
        await transaction.CommitAsync(cancel);
        return dropped
            ? new StepEffect(Effect.Changed, 0, $"{mapTable} dropped: the ids follow from the keys and can be made again")
            : new StepEffect(Effect.Nothing, 0, $"{mapTable} was never made");
    }

    public static Task<long> CountAsync(NpgsqlConnection connection, SqlIdentifier mapTable, CancellationToken cancel) =>
        connection.ExecuteScalarAsync<long>(new CommandDefinition($"select count(*) from {mapTable}", commandTimeout: 0, cancellationToken: cancel));
}
