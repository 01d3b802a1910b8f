using Orchestrator.Workflows.Contracts;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Reports;

/// <summary>What was done and measured, for people who decide and for auditors: the same facts as JSON, Markdown and HTML.</summary>
internal sealed record Report
{
    public const string CurrentFormat = "orchestrator/recon/1";

    public string Format { get; init; } = CurrentFormat;

    public required string Plan { get; init; }

    public required string Title { get; init; }

    public required string Digest { get; init; }

    public required string Environment { get; init; }

    public required Guid Run { get; init; }

    public required string Requester { get; init; }

    public required DateTime WrittenAt { get; init; }

    public required Verdict Verdict { get; init; }

    public required IReadOnlyList<BatchSection> Batches { get; init; }
}

internal sealed record BatchSection
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required string Owner { get; init; }

    public required Verdict Verdict { get; init; }

    /// <summary>How the batch ended; null while it has not.</summary>
    public string? Outcome { get; init; }

    public string? Reason { get; init; }

    public required IReadOnlyList<StepLine> Steps { get; init; }

    public required IReadOnlyList<CheckLine> Checks { get; init; }

    public required IReadOnlyList<DecisionLine> Decisions { get; init; }

    /// <summary>What the last rehearsal of this very plan measured.</summary>
    public RehearsalOutline? Rehearsal { get; init; }
}

internal sealed record StepLine
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required StepKind Kind { get; init; }

    /// <summary>Null for a step that has never been begun.</summary>
    public string? State { get; init; }

    public long Rows { get; init; }

    public double? Seconds { get; init; }

    /// <summary>How long it took in the rehearsal.</summary>
    public double? RehearsedSeconds { get; init; }
}

internal sealed record CheckLine
{
    public required string Id { get; init; }

    public required string Title { get; init; }

    public required CheckMoment Moment { get; init; }

    public required Severity Severity { get; init; }

    public required Verdict Verdict { get; init; }

    public required string Rule { get; init; }

    public string? Measured { get; init; }

    public string? Explanation { get; init; }

    /// <summary>What may be wrong although the check passes.</summary>
    public required string BlindSpot { get; init; }

    public required double Seconds { get; init; }

    public required DateTime MeasuredAt { get; init; }

    /// <summary>Of the check's definition, its query included.</summary>
    public required string QueryDigest { get; init; }

    public Earlier? Previous { get; init; }

    public Earlier? Rehearsal { get; init; }

    /// <summary>The first of the rows that are wrong, each a JSON object or a sentence.</summary>
    public required IReadOnlyList<string> Exceptions { get; init; }
}

/// <summary>What the same check measured before: in the run before this one, or in the rehearsal.</summary>
internal sealed record Earlier
{
    public required Verdict Verdict { get; init; }

    public string? Measured { get; init; }

    public required DateTime MeasuredAt { get; init; }

    /// <summary>Now minus then, where both are numbers.</summary>
    public decimal? Delta { get; init; }
}

internal sealed record DecisionLine
{
    public required string Who { get; init; }

    public required string Role { get; init; }

    public required string Answer { get; init; }

    public string? Comment { get; init; }

    public required string Evidence { get; init; }

    public required DateTime At { get; init; }
}

/// <summary>One verdict from many.</summary>
internal static class Verdicts
{
    /// <summary>Warnings decide nothing.</summary>
    public static Verdict Of(IEnumerable<CheckLine> checks) =>
        Worst(checks.Where(c => c.Severity != Severity.Warn).Select(c => c.Verdict));

    public static Verdict Worst(IEnumerable<Verdict> verdicts)
    {
        var worst = Verdict.Pass;
        foreach (var verdict in verdicts)
        {
            worst = (worst, verdict) switch
            {
                (Verdict.Fail, _) or (_, Verdict.Fail) => Verdict.Fail,
                (Verdict.Inconclusive, _) or (_, Verdict.Inconclusive) => Verdict.Inconclusive,
                _ => Verdict.Pass,
            };
        }

        return worst;
    }
}
