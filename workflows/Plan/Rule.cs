using System.Globalization;
using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

[JsonConverter(typeof(JsonStringEnumConverter<Comparison>))]
public enum Comparison
{
    Equal,
    NotEqual,
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
}

/// <summary>Which measured values are right, written as "&gt;= 200000" or "= 100 +- 5".</summary>
public sealed record Rule(Comparison Comparison, decimal Value, decimal Tolerance = 0)
{
    // Longest first: "<=" must not be read as "<".
    private static readonly (string Sign, Comparison Comparison)[] Signs =
    [
        ("!=", Comparison.NotEqual),
        (">=", Comparison.AtLeast),
        ("<=", Comparison.AtMost),
        ("=", Comparison.Equal),
        (">", Comparison.MoreThan),
        ("<", Comparison.LessThan),
    ];

    public static Rule? TryParse(string text)
    {
        var trimmed = text.Trim();
        foreach (var (sign, comparison) in Signs)
        {
            if (trimmed.StartsWith(sign, StringComparison.Ordinal))
            {
                return TryParseNumbers(comparison, trimmed[sign.Length..]);
            }
        }

        return null;
    }

    public Verdict Judge(decimal? measured)
    {
        if (measured is not { } value)
        {
            return Verdict.Inconclusive;
        }

        var right = Comparison switch
        {
            Comparison.Equal => Math.Abs(value - Value) <= Tolerance,
            Comparison.NotEqual => Math.Abs(value - Value) > Tolerance,
            Comparison.AtLeast => value >= Value - Tolerance,
            Comparison.AtMost => value <= Value + Tolerance,
            Comparison.MoreThan => value > Value - Tolerance,
            Comparison.LessThan => value < Value + Tolerance,
            _ => throw new InvalidOperationException($"Comparison {Comparison} has no meaning."),
        };
        return right ? Verdict.Pass : Verdict.Fail;
    }

    public override string ToString()
    {
        var sign = Signs.First(s => s.Comparison == Comparison).Sign;
        var value = Value.ToString(CultureInfo.InvariantCulture);
        return Tolerance == 0 ? $"{sign} {value}" : $"{sign} {value} +- {Tolerance.ToString(CultureInfo.InvariantCulture)}";
    }

    private static Rule? TryParseNumbers(Comparison comparison, string text)
    {
        var parts = text.Split("+-", 2);
        if (!TryParseNumber(parts[0], out var value))
        {
            return null;
        }

        if (parts.Length == 1)
        {
            return new Rule(comparison, value);
        }

        return TryParseNumber(parts[1], out var tolerance) && tolerance >= 0 ? new Rule(comparison, value, tolerance) : null;
    }

    private static bool TryParseNumber(string text, out decimal value) =>
        decimal.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.Number, CultureInfo.InvariantCulture, out value);
}
