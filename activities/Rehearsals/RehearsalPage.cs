using System.Globalization;
using System.Text;
using Orchestrator.Activities.Reports;

namespace Orchestrator.Activities.Rehearsals;

/// <summary>The rehearsal's report for people.</summary>
internal static class RehearsalPage
{
    public static string Markdown(RehearsalReport report)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"# Rehearsal of {ReportMarkdown.Cell(report.Title)}: {ReportWords.Of(report.Verdict)}\n\n")
            .Append(CultureInfo.InvariantCulture, $"Plan `{report.Plan}` ({report.Digest[..12]}) on `{report.Environment}`. Written {ReportWords.Of(report.WrittenAt)}.\n\n")
            .Append("| batch | status | forward | back | again | taken back whole | same twice |\n|---|---|---|---|---|---|---|\n");
        foreach (var batch in report.Batches)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {ReportMarkdown.Cell(batch.Title)} | **{StatusOf(batch)}** | {batch.ForwardSeconds} s | {batch.BackSeconds} s | {batch.AgainSeconds} s | {YesNo(batch.LeftBehind)} | {YesNo(batch.NotRepeated)} |\n");
        }

        foreach (var batch in report.Batches)
        {
            foreach (var note in NotesOf(batch))
            {
                text.Append(CultureInfo.InvariantCulture, $"\n- {ReportMarkdown.Cell(note)}");
            }

            text.Append('\n');
        }

        text.Append("\n## Locks really held\n\nOn tables and indexes that were there before the file ran.\n\n| file | table or index | lock | held | written anew | rows read |\n|---|---|---|---|---|---|\n");
        foreach (var held in report.Batches.SelectMany(b => b.Locks))
        {
            text.Append(CultureInfo.InvariantCulture, $"| {ReportMarkdown.Cell(held.File)} | {ReportMarkdown.Cell(held.Relation)} | {held.Lock} | {held.HeldMilliseconds} ms | {(held.Rewritten ? "yes" : "no")} | {held.RowsRead:N0} |\n");
        }

        return text.ToString();
    }

    public static string Html(RehearsalReport report)
    {
        var body = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"<h1>Rehearsal of {ReportHtml.Text(report.Title)}: {ReportHtml.Mark(report.Verdict)}</h1>\n")
            .Append(CultureInfo.InvariantCulture, $"<p>Plan <code>{ReportHtml.Text(report.Plan)}</code> (<code>{report.Digest[..12]}</code>) on <code>{ReportHtml.Text(report.Environment)}</code>. Written {ReportWords.Of(report.WrittenAt)}.</p>\n")
            .Append("<div class=\"wide\"><table>\n<tr><th>batch</th><th>status</th><th>forward</th><th>back</th><th>again</th><th>taken back whole</th><th>same twice</th></tr>\n");
        foreach (var batch in report.Batches)
        {
            body.Append(CultureInfo.InvariantCulture, $"<tr><td>{ReportHtml.Text(batch.Title)}</td><td>{ReportHtml.Mark(batch.Verdict, StatusOf(batch))}</td><td class=\"number\">{batch.ForwardSeconds} s</td><td class=\"number\">{batch.BackSeconds} s</td><td class=\"number\">{batch.AgainSeconds} s</td><td>{YesNo(batch.LeftBehind)}</td><td>{YesNo(batch.NotRepeated)}</td></tr>\n");
        }

        body.Append("</table></div>\n");
        foreach (var note in report.Batches.SelectMany(NotesOf))
        {
            body.Append(CultureInfo.InvariantCulture, $"<p>{ReportHtml.Text(note)}</p>\n");
        }

        body.Append("<h2>Locks really held</h2>\n<p>On tables and indexes that were there before the file ran.</p>\n<div class=\"wide\"><table>\n<tr><th>file</th><th>table or index</th><th>lock</th><th>held</th><th>written anew</th><th>rows read</th></tr>\n");
        foreach (var held in report.Batches.SelectMany(b => b.Locks))
        {
            body.Append(CultureInfo.InvariantCulture, $"<tr><td>{ReportHtml.Text(held.File)}</td><td>{ReportHtml.Text(held.Relation)}</td><td>{held.Lock}</td><td class=\"number\">{held.HeldMilliseconds} ms</td><td>{(held.Rewritten ? "yes" : "no")}</td><td class=\"number\">{held.RowsRead:N0}</td></tr>\n");
        }

        body.Append("</table></div>\n");
        return ReportHtml.Page($"Rehearsal of {report.Title}: {ReportWords.Of(report.Verdict)}", body.ToString());
    }

    private static string StatusOf(RehearsedBatch batch) => batch.WasThere ? "WAS THERE" : ReportWords.Of(batch.Verdict);

    private static string YesNo(IReadOnlyList<string> differences) => differences.Count == 0 ? "yes" : "no";

    private static IEnumerable<string> NotesOf(RehearsedBatch batch) =>
    [
        .. batch.Failure is null ? [] : new[] { $"{batch.Id} failed: {batch.Failure}" },
        .. batch.LeftBehind.Select(line => $"{batch.Id}, left behind: {line}"),
        .. batch.NotRepeated.Select(line => $"{batch.Id}, different the second time: {line}"),
    ];
}
