using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Npgsql;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Checks;

internal sealed record Measurement(Verdict Verdict, string? Measured, string? Explanation);

/// <summary>Measures one check in a read-only transaction that is always rolled back.</summary>
internal sealed class CheckRunner(NpgsqlDataSource database)
{
    private const int ExceptionsShown = 10;
    private const int ExplanationCharacters = 2_000;
    private static readonly TimeSpan StatementTimeout = TimeSpan.FromMinutes(5);

    public async Task<Measurement> MeasureAsync(Check check, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            "select set_config('transaction_read_only', 'on', true), set_config('statement_timeout', @Timeout, true)",
            new { Timeout = ((long)StatementTimeout.TotalMilliseconds).ToString() },
            transaction,
            cancellationToken: cancel));
        try
        {
            return check switch
            {
                ScalarCheck scalar => await MeasureScalarAsync(scalar, connection, transaction, cancel),
                ZeroRowsCheck => await MeasureRowsAsync(check, connection, transaction, cancel),
                _ => throw new InvalidOperationException($"No measurement for {check.GetType().Name}."),
            };
        }
        catch (PostgresException e) when (!cancel.IsCancellationRequested)
        {
            // A check that cannot be measured says so; it never passes, and it never stops the others from being measured.
            return new Measurement(Verdict.Inconclusive, null, PostgresFailures.Describe(e));
        }
    }

    public static string RuleOf(Check check) => check switch
    {
        ScalarCheck scalar => scalar.Rule.ToString(),
        ZeroRowsCheck => "no rows",
        _ => throw new InvalidOperationException($"No rule for {check.GetType().Name}."),
    };

    private static async Task<Measurement> MeasureScalarAsync(
        ScalarCheck check, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var batch = Query(check, connection, transaction);
        var value = await batch.ExecuteScalarAsync(cancel);
        if (value is null or DBNull)
        {
            return new Measurement(Verdict.Inconclusive, null, "The query returned no value.");
        }

        try
        {
            var measured = Convert.ToDecimal(value, CultureInfo.InvariantCulture);
            return new Measurement(check.Rule.Judge(measured), measured.ToString(CultureInfo.InvariantCulture), null);
        }
        catch (Exception e) when (e is InvalidCastException or FormatException or OverflowException)
        {
            return new Measurement(Verdict.Inconclusive, null, $"The query returned a {value.GetType().Name}, not a number.");
        }
    }

    private static async Task<Measurement> MeasureRowsAsync(Check check, NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel)
    {
        await using var batch = Query(check, connection, transaction);
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        var rows = 0L;
        var shown = new List<string>();
        while (await reader.ReadAsync(cancel))
        {
            rows++;
            if (rows <= ExceptionsShown)
            {
                shown.Add(Describe(reader));
            }
        }

        return rows == 0
            ? new Measurement(Verdict.Pass, "0", null)
            : new Measurement(Verdict.Fail, rows.ToString(CultureInfo.InvariantCulture), Cut($"{rows:N0} rows, such as {string.Join(" ", shown)}"));
    }

    private static string Describe(DbDataReader reader) => JsonSerializer.Serialize(
        Enumerable.Range(0, reader.FieldCount)
            .Select(i => (Name: reader.GetName(i), Value: reader.IsDBNull(i) ? null : Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)))
            // Two columns of a join may share a name; the first is shown.
            .DistinctBy(field => field.Name)
            .ToDictionary(field => field.Name, field => field.Value));

    private static string Cut(string text) => text.Length <= ExplanationCharacters ? text : text[..ExplanationCharacters];

    private static NpgsqlBatch Query(Check check, NpgsqlConnection connection, NpgsqlTransaction transaction) =>
        new(connection, transaction)
        {
            BatchCommands = { new NpgsqlBatchCommand(SqlStatements.Split(check.Query.Text)[0].Text) },
            Timeout = 0,
        };
}
