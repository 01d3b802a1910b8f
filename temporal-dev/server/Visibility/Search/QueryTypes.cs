using System.Globalization;
using System.Text.RegularExpressions;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Visibility.Search;

/// <summary>Which operators a search attribute's type allows, and what its values look like.</summary>
internal static partial class QueryTypes
{
    private const string StatusPrefix = "WORKFLOW_EXECUTION_STATUS_";

    public static void RequireRange(Field field, string symbol)
    {
        if (field.Type is IndexedValueType.Text or IndexedValueType.KeywordList or IndexedValueType.Bool)
        {
            throw Unsupported(field, symbol);
        }
    }

    public static void RequireIn(Field field)
    {
        if (field.Type == IndexedValueType.Text)
        {
            throw Unsupported(field, "IN");
        }
    }

    public static void RequirePrefix(Field field)
    {
        if (field.Type != IndexedValueType.Keyword)
        {
            throw Unsupported(field, "STARTS_WITH");
        }
    }

    public static IComparable Value(Field field, Token token)
    {
        if (field.Name == nameof(Grouping.ExecutionStatus))
        {
            return Status(token);
        }

        if (field.Name == "ExecutionDuration" && token.Kind == TokenKind.Text)
        {
            return Duration(token.Text) ?? throw Wrong(token, $"invalid duration value for search attribute {field.Name}: {token.Text}");
        }

        IComparable? value = (field.Type, token.Kind) switch
        {
            (IndexedValueType.Int or IndexedValueType.Double, TokenKind.Number) => Number(token.Text),
            (IndexedValueType.Bool, TokenKind.Name) => token.Is("true"),
            (IndexedValueType.Datetime, TokenKind.Number) => Number(token.Text) is long nanoseconds ? Instant.OfUnixNanoseconds(nanoseconds) : null,
            (IndexedValueType.Datetime, TokenKind.Text) => Instant.TryParse(token.Text)
                ?? throw Wrong(token, $"unable to parse datetime '{token.Text}'"),
            (IndexedValueType.Keyword or IndexedValueType.KeywordList or IndexedValueType.Text, TokenKind.Text) => token.Text,
            _ => null,
        };
        return value ?? throw Wrong(token, $"invalid value type for search attribute {field.Name} of type {field.Type}: {token.Text}");
    }

    private static IComparable? Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) ? whole
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real) ? real
        : null;

    /// <summary>By name, by the name in the protocol, or by its number there.</summary>
    private static string Status(Token token)
    {
        var name = token.Kind == TokenKind.Text && token.Text.StartsWith(StatusPrefix, StringComparison.Ordinal)
            ? token.Text[StatusPrefix.Length..].Replace("_", "", StringComparison.Ordinal)
            : token.Text;
        var isPrefixed = name.Length != token.Text.Length;
        foreach (var status in Enum.GetValues<WorkflowExecutionStatus>())
        {
            var comparison = isPrefixed ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
            var isMeant = token.Kind == TokenKind.Number
                ? name == ((int)status).ToString(CultureInfo.InvariantCulture)
                : token.Kind == TokenKind.Text && name.Equals(status.ToString(), comparison);
            if (isMeant && status != WorkflowExecutionStatus.Unspecified)
            {
                return status.ToString();
            }
        }

        throw Wrong(token, $"invalid ExecutionStatus value '{token.Text}'");
    }

    /// <summary>Nanoseconds, of "1h30m" or "1:30:00".</summary>
    private static long? Duration(string text)
    {
        if (Clock().Match(text) is { Success: true } clock)
        {
            return (((long.Parse(clock.Groups[1].ValueSpan) * 60) + long.Parse(clock.Groups[2].ValueSpan)) * 60 + long.Parse(clock.Groups[3].ValueSpan)) * 1_000_000_000;
        }

        if (!Parts().IsMatch(text))
        {
            return null;
        }

        var total = 0m;
        foreach (Match part in Part().Matches(text))
        {
            total += decimal.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * UnitNanoseconds(part.Groups[2].Value);
        }

        return total <= long.MaxValue ? (long)total : null;
    }

    private static decimal UnitNanoseconds(string unit) => unit switch
    {
        "d" => 86_400_000_000_000,
        "h" => 3_600_000_000_000,
        "m" => 60_000_000_000,
        "s" => 1_000_000_000,
        "ms" => 1_000_000,
        "us" or "µs" => 1_000,
        _ => 1,
    };

    private static InvalidQueryException Unsupported(Field field, string symbol) =>
        new($"operation is not supported: operator '{symbol}' not supported for {field.Type} type search attribute '{field.Name}'");

    private static InvalidQueryException Wrong(Token token, string sentence) =>
        new($"invalid expression: {sentence} at position {token.Position}");

    [GeneratedRegex(@"^(\d{1,6}):([0-5]\d):([0-5]\d)$")]
    private static partial Regex Clock();

    [GeneratedRegex(@"^(\d{1,12}(\.\d{1,9})?(d|h|ms|m|s|us|µs|ns))+$")]
    private static partial Regex Parts();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(d|h|ms|m|s|us|µs|ns)")]
    private static partial Regex Part();
}
