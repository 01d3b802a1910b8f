using System.Globalization;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Reports;

/// <summary>The words that Markdown and HTML share.</summary>
internal static class ReportWords
{
    public static string Of(Verdict verdict) => verdict.ToString().ToUpperInvariant();

    public static string Of(CheckLine check) => (check.Severity, check.Verdict) switch
    {
        (Severity.Warn, not Verdict.Pass) => $"{Of(check.Verdict)} (warning)",
        (Severity.HardStop, Verdict.Fail) => $"{Of(check.Verdict)} (hard stop)",
        _ => Of(check.Verdict),
    };

    public static string Of(StepKind kind) => kind.ToString().ToLowerInvariant();

    public static string Of(DateTime at) => at.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    public static string Of(Earlier? earlier)
    {
        if (earlier is null)
        {
            return "";
        }

        var delta = earlier.Delta is { } d and not 0 ? string.Create(CultureInfo.InvariantCulture, $" ({d:+0.####;-0.####})") : "";
        return $"{earlier.Measured ?? Of(earlier.Verdict)}{delta}";
    }

    public static string OutcomeOf(BatchSection batch, Func<string, string> escape) => batch.Outcome is null
        ? ", still open"
        : $", ended as {batch.Outcome}{(batch.Reason is null ? "" : $": {escape(batch.Reason)}")}";
}
