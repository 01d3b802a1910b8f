using System.Globalization;

namespace Orchestrator.Cli.Plans;

/// <summary>Sizes as PostgreSQL's settings spell them; a kB is 1024 bytes there and here.</summary>
internal static class ByteSize
{
    // Longest first: "kB" must not be read as "B".
    private static readonly (string Unit, long Bytes)[] Units =
        [("TB", 1L << 40), ("GB", 1L << 30), ("MB", 1L << 20), ("kB", 1L << 10), ("B", 1)];

    public static long? TryParse(string text)
    {
        foreach (var (unit, bytes) in Units)
        {
            if (text.EndsWith(unit, StringComparison.Ordinal))
            {
                var digits = text[..^unit.Length].TrimEnd().Replace("_", "", StringComparison.Ordinal);
                return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= long.MaxValue / bytes
                    ? number * bytes
                    : null;
            }
        }

        return null;
    }
}
