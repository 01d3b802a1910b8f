using System.Text.Json;
using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

internal sealed record MeasurementRow
{
    public required string Check { get; init; }

    public required string Severity { get; init; }

    public required string Verdict { get; init; }

    public required string Rule { get; init; }

    public string? Measured { get; init; }

    public string? Explanation { get; init; }

    public required string QueryDigest { get; init; }

    public required TimeSpan Elapsed { get; init; }

    /// <summary>The first of the rows that are wrong, each a JSON object or a sentence.</summary>
    public required IReadOnlyList<string> Exceptions { get; init; }
}

internal sealed record BaselineQuery(string Plan, string Environment, string Check, TimeSpan Window);

/// <summary>The table <c>orchestrator.checks</c>: what was measured, and what the rule made of it.</summary>
internal static class Measurements
{
    public static async Task RecordAsync(
        NpgsqlDataSource ledger, Guid run, string batch, string moment, IReadOnlyList<MeasurementRow> rows, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into orchestrator.checks
              (run_id, batch, moment, check_id, severity, verdict, rule, measured, explanation, query_digest, elapsed, exceptions)
            values
              (@Run, @Batch, @Moment, @Check, @Severity, @Verdict, @Rule, @Measured, @Explanation, @QueryDigest, @Elapsed, @Exceptions::jsonb)
            """,
            rows.Select(r => new
            {
                Run = run,
                Batch = batch,
                Moment = moment,
                r.Check,
                r.Severity,
                r.Verdict,
                r.Rule,
                r.Measured,
                r.Explanation,
                r.QueryDigest,
                r.Elapsed,
                Exceptions = JsonSerializer.Serialize(r.Exceptions),
            }),
            transaction,
            cancellationToken: cancel));
        await EntryChain.AppendAsync(
            new LedgerScope(connection, transaction, run),
            "checks-measured",
            new { Batch = batch, Moment = moment, Checks = rows.Select(r => new { r.Check, r.Verdict, r.Measured, r.Rule, r.QueryDigest }) },
            cancel);
        await transaction.CommitAsync(cancel);
    }

    /// <summary>What a check measured before: the newest value, or the mean of a window.</summary>
    public static async Task<decimal?> FindBaselineAsync(NpgsqlDataSource ledger, BaselineQuery query, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return await connection.ExecuteScalarAsync<decimal?>(new CommandDefinition(
            """
            with measured as (
              select c.measured::numeric as value, c.measured_at, row_number() over (order by c.id desc) as age
              from orchestrator.checks c
              join orchestrator.runs r on r.id = c.run_id
              join orchestrator.plans p on p.digest = r.plan_digest
              where p.name = @Plan and r.environment = @Environment and c.check_id = @Check
                and c.verdict <> 'inconclusive' and c.measured ~ '^-?[0-9]+(\.[0-9]+)?$')
            select trim_scale(avg(value))
            from measured
            where case when @Window = interval '0' then age = 1 else measured_at >= clock_timestamp() - @Window end
            """,
            query,
            cancellationToken: cancel));
    }

    /// <summary>In the order in which they were measured.</summary>
    public static async Task<IReadOnlyList<CheckReport>> ReadAsync(NpgsqlDataSource ledger, Guid run, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<CheckReport>(new CommandDefinition(
            """
            select batch, moment, check_id as check, severity, verdict, rule, measured, explanation, query_digest as querydigest,
              elapsed, measured_at as measuredat
            from orchestrator.checks
            where run_id = @Run
            order by id
            """,
            new { Run = run },
            cancellationToken: cancel))];
    }
}
