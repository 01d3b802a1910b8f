using System.Globalization;
using System.Text;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Reports;

/// <summary>The report for reading in a terminal, a pull request or a ticket.</summary>
internal static class ReportMarkdown
{
    public static string Write(Report report)
    {
        var text = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"# {Cell(report.Title)}: {ReportWords.Of(report.Verdict)}\n\n")
            .Append(CultureInfo.InvariantCulture, $"Plan `{report.Plan}` ({report.Digest[..12]}) on `{Cell(report.Environment)}`, run {report.Run}, asked for by {Cell(report.Requester)}. ")
            .Append(CultureInfo.InvariantCulture, $"Written {ReportWords.Of(report.WrittenAt)}.\n");
        foreach (var batch in report.Batches)
        {
            Write(text, batch);
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, BatchSection batch)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {Cell(batch.Title)}: {ReportWords.Of(batch.Verdict)}\n\n`{batch.Id}`, owner {Cell(batch.Owner)}{ReportWords.OutcomeOf(batch, Cell)}\n");
        if (batch.Checks.Count > 0)
        {
            text.Append("\n| check | status | measured | wanted | seconds | before | rehearsed |\n|---|---|---|---|---|---|---|\n");
            foreach (var check in batch.Checks)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Cell(check.Title)} | **{ReportWords.Of(check)}** | {Cell(check.Measured ?? "not measured")} | {Cell(check.Rule)} | {check.Seconds:0.000} | {Cell(ReportWords.Of(check.Previous))} | {Cell(ReportWords.Of(check.Rehearsal))} |\n");
            }

            WriteExceptions(text, batch);
        }

        if (batch.Steps.Count > 0)
        {
            text.Append("\n| step | kind | state | rows | seconds | rehearsed |\n|---|---|---|---|---|---|\n");
            foreach (var step in batch.Steps)
            {
                text.Append(CultureInfo.InvariantCulture, $"| {Cell(step.Title)} | {ReportWords.Of(step.Kind)} | {step.State ?? "not begun"} | {step.Rows:N0} | {step.Seconds:0.0} | {step.RehearsedSeconds:0.0} |\n");
            }
        }

        if (batch.Rehearsal is { } rehearsal)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{Cell(rehearsal.Describe())}.{(rehearsal.Locks.Count == 0 ? "" : " Locks really held there:")}\n\n");
            foreach (var held in rehearsal.Locks)
            {
                text.Append(CultureInfo.InvariantCulture, $"- {Cell(held.Describe())}\n");
            }
        }

        foreach (var decision in batch.Decisions)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n- {Cell(decision.Who)} ({Cell(decision.Role)}) said **{decision.Answer}** on evidence {decision.Evidence[..12]}, {ReportWords.Of(decision.At)}{(decision.Comment is null ? "" : $": {Cell(decision.Comment)}")}\n");
        }
    }

    private static void WriteExceptions(StringBuilder text, BatchSection batch)
    {
        foreach (var check in batch.Checks.Where(c => c.Verdict != Verdict.Pass))
        {
            text.Append(CultureInfo.InvariantCulture, $"\n**{Cell(check.Title)}**: {Cell(check.Explanation ?? "no explanation")}\n");
            foreach (var exception in check.Exceptions)
            {
                text.Append(CultureInfo.InvariantCulture, $"- `{exception.Replace('`', '\'').Replace('\n', ' ')}`\n");
            }
        }

        text.Append("\nWhat these checks could miss:\n\n");
        foreach (var check in batch.Checks)
        {
            text.Append(CultureInfo.InvariantCulture, $"- {Cell(check.Title)}: {Cell(check.BlindSpot)}\n");
        }
    }

    // One cell of a table: neither a bar nor a line end may leave it, and nothing in it is markup.
    public static string Cell(string text)
    {
        var cell = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            cell.Append(c switch
            {
                '|' or '`' or '*' or '_' or '[' or ']' or '\\' => $"\\{c}",
                '<' => "&lt;",
                '>' => "&gt;",
                '\r' or '\n' => " ",
                _ => c.ToString(),
            });
        }

        return cell.ToString();
    }
}
