using System.Globalization;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks;

/// <summary>What one check measured. The rows that it found wrong go into the report; the explanation only shows the first.</summary>
internal sealed record Measurement(Verdict Verdict, string? Measured, string? Explanation, IReadOnlyList<string> Exceptions)
{
    private const int ExceptionsShown = 10;
    private const int ExplanationCharacters = 2_000;

    public static Measurement Pass(string measured) => new(Verdict.Pass, measured, null, []);

    public static Measurement Fail(string measured, string? explanation = null) => new(Verdict.Fail, measured, Cut(explanation), []);

    public static Measurement Inconclusive(string explanation) => new(Verdict.Inconclusive, null, Cut(explanation), []);

    public static Measurement Of(Rule rule, decimal value, string? explanation = null) =>
        new(rule.Judge(value), Text(value), Cut(explanation), []);

    /// <summary>No rows is right.</summary>
    public static Measurement Of(FoundRows rows) => rows.Count == 0
        ? Pass("0")
        : new Measurement(Verdict.Fail, Text(rows.Count), Cut($"{rows.Count:N0} rows, such as {string.Join(" ", rows.First.Take(ExceptionsShown))}"), rows.First);

    /// <summary>No difference is right.</summary>
    public static Measurement OfDifferences(string measured, IReadOnlyList<string> differences) => differences.Count == 0
        ? Pass(measured)
        : new Measurement(Verdict.Fail, measured, Cut(string.Join("; ", differences.Take(ExceptionsShown))), differences);

    public static string Text(decimal value) => value.ToString(CultureInfo.InvariantCulture);

    private static string? Cut(string? text) => text is { Length: > ExplanationCharacters } ? text[..ExplanationCharacters] : text;
}

/// <summary>How many rows there were, and the first of them as JSON objects.</summary>
internal sealed record FoundRows(long Count, IReadOnlyList<string> First);
