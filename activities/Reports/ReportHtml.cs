using System.Globalization;
using System.Net;
using System.Text;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Reports;

/// <summary>The report as one page without scripts or anything from elsewhere: it can be mailed, printed and archived.</summary>
internal static class ReportHtml
{
    private const string Style =
        """
        :root { color-scheme: light dark; --line: #8884; --soft: #8881; --pass: #18794e; --fail: #c62a2f; --open: #946800; }
        @media (prefers-color-scheme: dark) { :root { --pass: #4cc38a; --fail: #ff6369; --open: #f1a10d; } }
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 2.5rem; }
        table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
        th { font-weight: 600; border-bottom-width: 2px; } td.number { text-align: right; white-space: nowrap; }
        .wide { overflow-x: auto; } .soft { opacity: .75; } code { font: 13px/1.4 ui-monospace, monospace; overflow-wrap: anywhere; }
        .pass { color: var(--pass); } .fail { color: var(--fail); } .inconclusive { color: var(--open); } .verdict { font-weight: 700; white-space: nowrap; }
        details { margin: .5rem 0; padding: .5rem .8rem; background: var(--soft); border-radius: .4rem; } summary { cursor: pointer; }
        @media print { body { margin: 0; max-width: none; font-size: 11px; } h2 { break-after: avoid; } tr, details { break-inside: avoid; } details > * { display: block; } }
        """;

    public static string Write(Report report)
    {
        var page = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"<h1>{Text(report.Title)}: {Mark(report.Verdict)}</h1>\n")
            .Append(CultureInfo.InvariantCulture, $"<p>Plan <code>{Text(report.Plan)}</code> (<code>{report.Digest[..12]}</code>) on <code>{Text(report.Environment)}</code>, run <code>{report.Run}</code>, asked for by {Text(report.Requester)}. Written {ReportWords.Of(report.WrittenAt)}.</p>\n");
        if (report.Batches.Count > 1)
        {
            WriteOverview(page, report);
        }

        foreach (var batch in report.Batches)
        {
            Write(page, batch);
        }

        return Page($"{report.Title}: {ReportWords.Of(report.Verdict)}", page.ToString());
    }

    /// <param name="title">Plain text.</param>
    /// <param name="body">Markup in which everything from outside is escaped already.</param>
    public static string Page(string title, string body) => new StringBuilder()
        .Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
        .Append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
        .Append(CultureInfo.InvariantCulture, $"<title>{Text(title)}</title>\n<style>\n{Style}\n</style>\n</head>\n<body>\n{body}</body>\n</html>\n")
        .ToString();

    private static void WriteOverview(StringBuilder page, Report report)
    {
        page.Append("<table>\n<tr><th>batch</th><th>status</th><th>checks</th><th>outcome</th></tr>\n");
        foreach (var batch in report.Batches)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td><a href=\"#{Text(batch.Id)}\">{Text(batch.Title)}</a></td><td>{Mark(batch.Verdict)}</td><td>{batch.Checks.Count(c => c.Verdict == Verdict.Pass)} of {batch.Checks.Count}</td><td>{Text(batch.Outcome ?? "open")}</td></tr>\n");
        }

        page.Append("</table>\n");
    }

    private static void Write(StringBuilder page, BatchSection batch)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2 id=\"{Text(batch.Id)}\">{Text(batch.Title)}: {Mark(batch.Verdict)}</h2>\n<p><code>{Text(batch.Id)}</code>, owner {Text(batch.Owner)}{ReportWords.OutcomeOf(batch, Text)}</p>\n");
        if (batch.Checks.Count > 0)
        {
            WriteChecks(page, batch.Checks);
        }

        if (batch.Steps.Count > 0)
        {
            WriteSteps(page, batch.Steps);
        }

        if (batch.Rehearsal is { } rehearsal)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Text(rehearsal.Describe())}.{(rehearsal.Locks.Count == 0 ? "" : " Locks really held there:")}</p>\n<ul>\n")
                .AppendJoin("", rehearsal.Locks.Select(held => $"<li>{Text(held.Describe())}</li>\n")).Append("</ul>\n");
        }

        foreach (var decision in batch.Decisions)
        {
            page.Append(CultureInfo.InvariantCulture, $"<p>{Text(decision.Who)} ({Text(decision.Role)}) said <strong>{Text(decision.Answer)}</strong> on evidence <code>{decision.Evidence[..12]}</code>, {ReportWords.Of(decision.At)}{(decision.Comment is null ? "" : $": {Text(decision.Comment)}")}</p>\n");
        }
    }

    private static void WriteChecks(StringBuilder page, IReadOnlyList<CheckLine> checks)
    {
        page.Append("<div class=\"wide\"><table>\n<tr><th>check</th><th>status</th><th>measured</th><th>wanted</th><th>seconds</th><th>before</th><th>rehearsed</th></tr>\n");
        foreach (var check in checks)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(check.Title)}<br><span class=\"soft\">may miss: {Text(check.BlindSpot)}</span></td><td>{Mark(check.Verdict, ReportWords.Of(check))}</td><td>{Text(check.Measured ?? "not measured")}</td><td>{Text(check.Rule)}</td><td class=\"number\">{check.Seconds:0.000}</td><td>{Text(ReportWords.Of(check.Previous))}</td><td>{Text(ReportWords.Of(check.Rehearsal))}</td></tr>\n");
        }

        page.Append("</table></div>\n");
        foreach (var check in checks.Where(c => c.Verdict != Verdict.Pass))
        {
            page.Append(CultureInfo.InvariantCulture, $"<details open><summary>{Text(check.Title)}: {Text(check.Explanation ?? "no explanation")}</summary>\n");
            foreach (var exception in check.Exceptions)
            {
                page.Append(CultureInfo.InvariantCulture, $"<div><code>{Text(exception)}</code></div>\n");
            }

            page.Append("</details>\n");
        }
    }

    private static void WriteSteps(StringBuilder page, IReadOnlyList<StepLine> steps)
    {
        page.Append("<div class=\"wide\"><table>\n<tr><th>step</th><th>kind</th><th>state</th><th>rows</th><th>seconds</th><th>rehearsed</th></tr>\n");
        foreach (var step in steps)
        {
            page.Append(CultureInfo.InvariantCulture, $"<tr><td>{Text(step.Title)}</td><td>{ReportWords.Of(step.Kind)}</td><td>{Text(step.State ?? "not begun")}</td><td class=\"number\">{step.Rows:N0}</td><td class=\"number\">{step.Seconds:0.0}</td><td class=\"number\">{step.RehearsedSeconds:0.0}</td></tr>\n");
        }

        page.Append("</table></div>\n");
    }

    public static string Mark(Verdict verdict, string? words = null) =>
        $"<span class=\"verdict {verdict.ToString().ToLowerInvariant()}\">{Text(words ?? ReportWords.Of(verdict))}</span>";

    public static string Text(string text) => WebUtility.HtmlEncode(text);
}
