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
}

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
              (run_id, batch, moment, check_id, severity, verdict, rule, measured, explanation, query_digest, elapsed)
            values
              (@Run, @Batch, @Moment, @Check, @Severity, @Verdict, @Rule, @Measured, @Explanation, @QueryDigest, @Elapsed)
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
}
