using System.Globalization;

namespace TemporalDev.Server.Engine;

/// <summary>Durations as Temporal's command lines write them: "1h30m", "90s", "250ms".</summary>
internal static class GoDuration
{
    public static TimeSpan Parse(string text)
    {
        var total = TimeSpan.Zero;
        var at = 0;
        while (at < text.Length)
        {
            var digits = at;
            while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
            {
                digits++;
            }

            var letters = digits;
            while (letters < text.Length && char.IsAsciiLetter(text[letters]))
            {
                letters++;
            }

            if (!double.TryParse(text[at..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
                || Unit(text[digits..letters]) is not { } unit)
            {
                throw new FormatException($"'{text}' is not a duration such as 1h30m, 90s or 250ms.");
            }

            total += unit * amount;
            at = letters;
        }

        return total > TimeSpan.Zero ? total : throw new FormatException($"'{text}' is not a positive duration.");
    }

    private static TimeSpan? Unit(string name) => name switch
    {
        "h" => TimeSpan.FromHours(1),
        "m" => TimeSpan.FromMinutes(1),
        "s" => TimeSpan.FromSeconds(1),
        "ms" => TimeSpan.FromMilliseconds(1),
        _ => null,
    };
}
