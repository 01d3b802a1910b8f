using System.Globalization;
using System.Text.RegularExpressions;

namespace TemporalDev.Server.Visibility;

/// <summary>Times as lists compare them: in whole microseconds, because PostgreSQL keeps no more.</summary>
internal static partial class Instant
{
    public static DateTime Of(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);

    /// <summary>RFC 3339, zone included; null for anything else.</summary>
    public static DateTime? TryParse(string text) =>
        Form().Match(text) is { Success: true } match
        && DateTimeOffset.TryParse(
            // Clients write nanoseconds; a tick is a hundred of them.
            match.Groups["seconds"].Value + match.Groups["fraction"].Value + match.Groups["zone"].Value,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time)
            ? Of(time)
            : null;

    /// <summary>Nanoseconds since 1970, which older clients write instead of a time.</summary>
    public static DateTime OfUnixNanoseconds(long value) => DateTime.UnixEpoch.AddTicks(value / 1000 * TimeSpan.TicksPerMicrosecond);

    [GeneratedRegex(@"^(?<seconds>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)((?<fraction>\.\d{1,6})\d*)?(?<zone>Z|[+-]\d\d:\d\d)$")]
    private static partial Regex Form();
}
