using Npgsql;

namespace Orchestrator.Activities.Ledger;

public sealed record RunReport
{
    public required Guid Id { get; init; }

    public required string Plan { get; init; }

    public required string Digest { get; init; }

    public required string Environment { get; init; }

    public required string Requester { get; init; }

    public required DateTime StartedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    public string? Outcome { get; init; }
}

public sealed record BatchReport
{
    public required string Batch { get; init; }

    public required string WorkflowId { get; init; }

    public required DateTime StartedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    public string? Outcome { get; init; }

    public string? Reason { get; init; }
}

public sealed record CheckReport
{
    public required string Batch { get; init; }

    public required string Moment { get; init; }

    public required string Check { get; init; }

    public required string Severity { get; init; }

    public required string Verdict { get; init; }

    public required string Rule { get; init; }

    public string? Measured { get; init; }

    public string? Explanation { get; init; }

    public required string QueryDigest { get; init; }

    public required TimeSpan Elapsed { get; init; }

    public required DateTime MeasuredAt { get; init; }
}

public sealed record DecisionReport
{
    public required string Batch { get; init; }

    public required string Verdict { get; init; }

    public required string Who { get; init; }

    public required string Role { get; init; }

    public string? Comment { get; init; }

    public required string Evidence { get; init; }

    public required DateTime DecidedAt { get; init; }
}

/// <summary>Everything that the ledger's own database knows of one run.</summary>
public sealed record LedgerReport(
    RunReport Run, IReadOnlyList<BatchReport> Batches, IReadOnlyList<CheckReport> Checks, IReadOnlyList<DecisionReport> Decisions);

/// <summary>Which runs to report; null is any.</summary>
public sealed record ReportQuery(string? Plan, string? Environment, string? Digest, int Runs);

/// <summary>Reads what happened, for people and for the record of a rollback.</summary>
public static class Reports
{
    /// <summary>Newest first.</summary>
    public static async Task<IReadOnlyList<LedgerReport>> ListAsync(NpgsqlDataSource ledger, ReportQuery query, CancellationToken cancel)
    {
        var reports = new List<LedgerReport>();
        foreach (var run in await Runs.ListAsync(ledger, query, cancel))
        {
            reports.Add(new LedgerReport(
                run,
                await BatchRuns.ReadAsync(ledger, run.Id, cancel),
                await Measurements.ReadAsync(ledger, run.Id, cancel),
                await Decisions.ReadAsync(ledger, run.Id, cancel)));
        }

        return reports;
    }

    /// <summary>What was measured and decided about one batch.</summary>
    internal static async Task<object> ReadEvidenceAsync(NpgsqlDataSource ledger, Guid run, string batch, CancellationToken cancel) => new
    {
        Checks = (await Measurements.ReadAsync(ledger, run, cancel)).Where(c => c.Batch == batch),
        Decisions = (await Decisions.ReadAsync(ledger, run, cancel)).Where(d => d.Batch == batch),
    };
}
