using System.Data;
using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Checks;

internal enum LookMode
{
    ReadOnly,

    /// <summary>For what must try to write in order to see it refused. It is rolled back like the other.</summary>
    MayTry,
}

internal sealed record FoundColumn(string Name, string Type, uint TypeId);

/// <summary>One look at a database: a transaction on one snapshot that is never committed, under a time limit.</summary>
internal sealed class Look : IAsyncDisposable
{
    private const int RowsKept = 100;
    private const int RowCharacters = 2_000;

    // A check that runs longer would be asked again before it has answered.
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromMinutes(5);

    // Longer would make everyone wait who comes after us.
    private static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(3);

    private readonly NpgsqlTransaction _transaction;

    private Look(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        Connection = connection;
        _transaction = transaction;
    }

    public NpgsqlConnection Connection { get; }

    public static async Task<Look> TakeAsync(NpgsqlDataSource database, LookMode mode, CancellationToken cancel)
    {
        var connection = await database.OpenConnectionAsync(cancel);
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            select set_config('transaction_read_only', @ReadOnly, true), set_config('statement_timeout', @Statement, true),
              set_config('lock_timeout', @Lock, true)
            """,
            new
            {
                ReadOnly = mode == LookMode.ReadOnly ? "on" : "off",
                Statement = Milliseconds(StatementTimeout),
                Lock = Milliseconds(LockTimeout),
            },
            transaction,
            cancellationToken: cancel));
        return new Look(connection, transaction);
    }

    /// <summary>Sends the text as it is: no colon or at-sign in it is taken for a parameter.</summary>
    public async Task<object?> ScalarAsync(string sql, CancellationToken cancel)
    {
        await using var batch = Batch(sql);
        var value = await batch.ExecuteScalarAsync(cancel);
        return value is DBNull ? null : value;
    }

    public async Task ExecuteAsync(string sql, CancellationToken cancel)
    {
        await using var batch = Batch(sql);
        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The columns that a query would return; it is not run.</summary>
    public async Task<IReadOnlyList<FoundColumn>> DescribeAsync(string sql, CancellationToken cancel)
    {
        await using var batch = Batch($"{sql} limit 0");
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        return [.. Enumerable.Range(0, reader.FieldCount).Select(i => new FoundColumn(reader.GetName(i), reader.GetDataTypeName(i), reader.GetDataTypeOID(i)))];
    }

    public async Task<FoundRows> RowsAsync(string sql, CancellationToken cancel)
    {
        await using var batch = Batch(sql);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = 0L;
        var first = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            rows++;
            if (rows <= RowsKept)
            {
                first.Add(Describe(reader));
            }
        }

        return new FoundRows(rows, first);
    }

    /// <summary>For the catalog: our own text, with parameters.</summary>
    public Task<IEnumerable<T>> QueryAsync<T>(string sql, object parameters, CancellationToken cancel) =>
        Connection.QueryAsync<T>(new CommandDefinition(sql, parameters, _transaction, cancellationToken: cancel));

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    private NpgsqlBatch Batch(string sql) => new(Connection, _transaction)
    {
        BatchCommands = { new NpgsqlBatchCommand(sql) },
        Timeout = 0,
    };

    private static string Describe(DbDataReader reader)
    {
        var row = JsonSerializer.Serialize(
            Enumerable.Range(0, reader.FieldCount)
                .Select(i => (Name: reader.GetName(i), Value: reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)))
                // Two columns of a join may share a name; the first is shown.
                .DistinctBy(field => field.Name)
                .ToDictionary(field => field.Name, field => field.Value));
        return row.Length <= RowCharacters ? row : row[..RowCharacters];
    }

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
}
