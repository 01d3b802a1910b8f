using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Ledger;

internal sealed record FindingRow
{
    public required string Batch { get; init; }

    public required string Moment { get; init; }

    public required string Check { get; init; }

    public required string Verdict { get; init; }

    public required string Rule { get; init; }

    public string? Measured { get; init; }

    public string? Explanation { get; init; }

    public required string QueryDigest { get; init; }

    public required double Seconds { get; init; }

    public required DateTime MeasuredAt { get; init; }

    public required string Exceptions { get; init; }
}

internal sealed record BatchEndRow(string Batch, string? Outcome, string? Reason);

internal sealed record DecisionLineRow(string Batch, string Who, string Role, string Verdict, string? Comment, string Evidence, DateTime DecidedAt);

/// <summary>Reads back what a report is made of.</summary>
internal static class Findings
{
    /// <summary>The newest measurement of each check of a run.</summary>
    public static Task<IReadOnlyList<FindingRow>> ReadAsync(NpgsqlDataSource ledger, Guid run, CancellationToken cancel) =>
        QueryAsync<FindingRow>(
            ledger,
            """
            select distinct on (batch, moment, check_id)
              batch, moment, check_id as "check", verdict, rule, measured, explanation, query_digest as querydigest,
              extract(epoch from elapsed)::float8 as seconds, measured_at as measuredat, exceptions::text as exceptions
            from orchestrator.checks
            where run_id = @Run
            order by batch, moment, check_id, id desc
            """,
            new { Run = run },
            cancel);

    /// <summary>The newest measurement of each check in the last other run of the plan in an environment that is like this.</summary>
    public static Task<IReadOnlyList<FindingRow>> ReadBeforeAsync(
        NpgsqlDataSource ledger, Guid run, string plan, string environmentPattern, CancellationToken cancel) =>
        QueryAsync<FindingRow>(
            ledger,
            """
            select distinct on (c.batch, c.moment, c.check_id)
              c.batch, c.moment, c.check_id as "check", c.verdict, c.rule, c.measured, c.explanation, c.query_digest as querydigest,
              extract(epoch from c.elapsed)::float8 as seconds, c.measured_at as measuredat, c.exceptions::text as exceptions
            from orchestrator.checks c
            join orchestrator.runs r on r.id = c.run_id
            join orchestrator.plans p on p.digest = r.plan_digest
            where p.name = @Plan and r.environment like @Pattern and r.id <> @Run
              and r.started_at < coalesce((select started_at from orchestrator.runs where id = @Run), clock_timestamp())
            order by c.batch, c.moment, c.check_id, c.id desc
            """,
            new { Run = run, Plan = plan, Pattern = environmentPattern },
            cancel);

    public static Task<IReadOnlyList<BatchEndRow>> ReadBatchesAsync(NpgsqlDataSource ledger, Guid run, CancellationToken cancel) =>
        QueryAsync<BatchEndRow>(
            ledger, "select batch, outcome, reason from orchestrator.batch_runs where run_id = @Run", new { Run = run }, cancel);

    public static Task<IReadOnlyList<DecisionLineRow>> ReadDecisionsAsync(NpgsqlDataSource ledger, Guid run, CancellationToken cancel) =>
        QueryAsync<DecisionLineRow>(
            ledger,
            """
            select batch, who, role, verdict, comment, evidence, decided_at as decidedat
            from orchestrator.decisions
            where run_id = @Run
            order by id
            """,
            new { Run = run },
            cancel);

    private static async Task<IReadOnlyList<T>> QueryAsync<T>(NpgsqlDataSource ledger, string sql, object parameters, CancellationToken cancel)
    {
        await using var connection = await ledger.OpenConnectionAsync(cancel);
        return [.. await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancel))];
    }
}
