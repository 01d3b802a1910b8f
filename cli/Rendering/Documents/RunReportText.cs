using Orchestrator.Activities.Ledger;

namespace Orchestrator.Cli.Rendering.Documents;

/// <summary>What the ledger knows of a run, for people to read afterwards.</summary>
internal static class RunReportText
{
    public static Document Of(IReadOnlyList<LedgerReport> reports)
    {
        var newest = reports[0].Run;
        var text = new Document($"{newest.Plan} on {newest.Environment}: {newest.Outcome ?? "not finished"}");
        foreach (var report in reports)
        {
            Add(text, report);
        }

        return text;
    }

    private static void Add(Document text, LedgerReport report)
    {
        var run = report.Run;
        text.Heading($"Run of {run.StartedAt:yyyy-MM-dd HH:mm} UTC: {run.Outcome ?? "not finished"}")
            .Paragraph($"Run {run.Id} of {run.Plan} on {run.Environment}. Plan digest {run.Digest}. Asked for by {run.Requester}. {Span(run.StartedAt, run.FinishedAt)}.")
            .Table(["batch", "outcome", "when", "why"], report.Batches.Select(b => (IReadOnlyList<string>)
                [b.Batch, b.Outcome ?? "open", Span(b.StartedAt, b.FinishedAt), b.Reason ?? ""]));
        foreach (var batch in report.Batches)
        {
            Checks(text, report.Checks.Where(c => c.Batch == batch.Batch).ToList());
            Decisions(text, report.Decisions.Where(d => d.Batch == batch.Batch).ToList());
        }
    }

    private static void Checks(Document text, List<CheckReport> checks)
    {
        // Measured again and again while people were waited for: the last word of each is what counted.
        var last = checks.GroupBy(c => (c.Moment, c.Check)).Select(g => (Last: g.Last(), Times: g.Count())).ToList();
        if (last.Count > 0)
        {
            text.Table(["check", "batch", "when", "verdict", "measured", "wanted", "severity", "times"], last.Select(c => (IReadOnlyList<string>)
                [c.Last.Check, c.Last.Batch, c.Last.Moment, c.Last.Verdict, c.Last.Measured ?? c.Last.Explanation ?? "", c.Last.Rule, c.Last.Severity.Replace('_', ' '), $"{c.Times}"]));
        }
    }

    private static void Decisions(Document text, List<DecisionReport> decisions)
    {
        if (decisions.Count > 0)
        {
            text.Table(["decision", "batch", "who", "role", "when", "comment", "evidence"], decisions.Select(d => (IReadOnlyList<string>)
                [d.Verdict.Replace('_', '-'), d.Batch, d.Who, d.Role, $"{d.DecidedAt:yyyy-MM-dd HH:mm:ss} UTC", d.Comment ?? "", d.Evidence[..12]]));
        }
    }

    private static string Span(DateTime from, DateTime? to) =>
        to is { } end ? $"{from:yyyy-MM-dd HH:mm:ss} UTC, {Pace.Words(end - from)}" : $"since {from:yyyy-MM-dd HH:mm:ss} UTC";
}
