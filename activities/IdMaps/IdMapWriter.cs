using System.Globalization;
using Npgsql;
using Orchestrator.Activities.Backfill;
using Orchestrator.Activities.Ledger;
using Orchestrator.Activities.Postgres;
using Orchestrator.Activities.Transfer;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.IdMaps;

/// <summary>
/// Reads the keys of a chunk, makes their ids here and sends both back by COPY. PostgreSQL without extensions has no SHA-1, and a
/// target is not made to install one.
/// </summary>
internal sealed class IdMapWriter(IdMapStep step, KeyColumns key) : IChunkWriter
{
    private readonly KeyRange _range = new(key);
    private readonly NameUuid _ids = new(step.Namespace);
    private readonly SqlIdentifier _map = IdMapTable.NameOf(step.Name);
    private readonly SqlIdentifier _column = SqlIdentifier.Of(step.Key);

    public string Path => $"the id map of {step.Table}";

    private static string MissingAtOnceSql => "50000";

    public async Task<(long Rows, TuningRow Tuning)> WriteAsync(LedgerScope scope, HeldStep held, RangeRow range, string[] last, CancellationToken cancel)
    {
        var tuning = await RangeHold.RunAsync(scope, held, range, cancel);
        var keys = new NpgsqlBatchCommand();
        var (keyColumn, rangeSql) = (_column, _range.Within(null, range.From, last, keys));
        keys.CommandText = $"select {keyColumn} from {key.Table} where {rangeSql} order by {keyColumn}";
        return (await MapAsync(scope, keys, cancel), tuning);
    }

    /// <summary>Keys that have no id yet, wherever in the order they are; zero when none is left.</summary>
    public Task<long> AddMissingAsync(LedgerScope scope, CancellationToken cancel)
    {
        var (keyColumn, mapTable) = (_column, _map);
        var keys = new NpgsqlBatchCommand(
            $"""
            select source.{keyColumn}
            from {key.Table} as source
            where not exists (select from {mapTable} as map where map.old_key = source.{keyColumn})
            order by 1
            limit {MissingAtOnceSql}
            """);
        return MapAsync(scope, keys, cancel);
    }

    private Task<long> MapAsync(LedgerScope scope, NpgsqlBatchCommand keys, CancellationToken cancel) => key.Columns[0].Type switch
    {
        "smallint" => MapAsync<short>(scope, keys, (rows, k) => rows.Add(k, _ids.Of(k.ToString(CultureInfo.InvariantCulture))), cancel),
        "integer" => MapAsync<int>(scope, keys, (rows, k) => rows.Add(k, _ids.Of(k.ToString(CultureInfo.InvariantCulture))), cancel),
        "bigint" => MapAsync<long>(scope, keys, (rows, k) => rows.Add(k, _ids.Of(k.ToString(CultureInfo.InvariantCulture))), cancel),
        "uuid" => MapAsync<Guid>(scope, keys, (rows, k) => rows.Add(k, _ids.Of(k.ToString("D"))), cancel),
        _ => MapAsync<string>(scope, keys, (rows, k) => rows.Add(k, _ids.Of(k)), cancel),
    };

    private async Task<long> MapAsync<T>(LedgerScope scope, NpgsqlBatchCommand select, Action<IdRows, T> add, CancellationToken cancel)
    {
        if (await ReadAsync<T>(scope, select, cancel) is not { Length: > 0 } keys)
        {
            return 0;
        }

        var rows = new IdRows();
        foreach (var value in keys)
        {
            add(rows, value);
        }

        var mapTable = _map;
        await using var copy = await scope.Connection.BeginRawBinaryCopyAsync($"copy {mapTable} (old_key, new_id) from stdin (format binary)", cancel);
        await copy.WriteAsync(rows.Close(), cancel);
        return keys.Length;
    }

    // As one array: value by value, reading them takes longer than hashing them.
    private static async Task<T[]?> ReadAsync<T>(LedgerScope scope, NpgsqlBatchCommand select, CancellationToken cancel)
    {
        var keysSql = select.CommandText;
        select.CommandText = $"select array_agg(found.key) from ({keysSql}) as found (key)";
        await using var batch = new NpgsqlBatch(scope.Connection, scope.Transaction) { BatchCommands = { select }, Timeout = 0 };
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.ReadAsync(cancel);
        return await reader.IsDBNullAsync(0, cancel) ? null : await reader.GetFieldValueAsync<T[]>(0, cancel);
    }
}
