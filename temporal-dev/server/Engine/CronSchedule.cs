namespace TemporalDev.Server.Engine;

/// <summary>
/// The cron expressions of a workflow: five fields, names for months and days, the @ shortcuts, "@every 90s", and
/// CRON_TZ=Zone in front. Times before the next second are skipped, as every cron does.
/// </summary>
internal sealed class CronSchedule
{
    private static readonly string[] MonthNames = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
    /// <summary>A schedule such as "30 February" never comes; the search has to end.</summary>
    private const int SearchDays = 366 * 5;

    private readonly TimeSpan? _every;
    private readonly TimeZoneInfo _zone;
    private readonly ulong _minutes;
    private readonly ulong _hours;
    private readonly ulong _days;
    private readonly ulong _months;
    private readonly ulong _weekdays;
    private readonly bool _eitherDay;

    private CronSchedule(TimeSpan every)
    {
        _every = every;
        _zone = TimeZoneInfo.Utc;
    }

    private CronSchedule(string[] fields, TimeZoneInfo zone)
    {
        _zone = zone;
        _minutes = Bits(fields[0], 0, 59, []);
        _hours = Bits(fields[1], 0, 23, []);
        _days = Bits(fields[2], 1, 31, []);
        _months = Bits(fields[3], 1, 12, MonthNames);
        var weekdays = Bits(fields[4], 0, 7, DayNames);
        _weekdays = (weekdays & 0x7f) | (weekdays >> 7 & 1);
        // Both days restricted: a day that satisfies one of them is enough.
        _eitherDay = !fields[2].StartsWith('*') && !fields[4].StartsWith('*')
            && !fields[2].StartsWith('?') && !fields[4].StartsWith('?');
    }

    public static CronSchedule Parse(string expression)
    {
        var text = expression.Trim();
        var zone = TimeZoneInfo.Utc;
        if (text.StartsWith("CRON_TZ=", StringComparison.Ordinal) || text.StartsWith("TZ=", StringComparison.Ordinal))
        {
            var end = text.IndexOf(' ');
            var name = text[(text.IndexOf('=') + 1)..(end < 0 ? text.Length : end)];
            if (end < 0 || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone))
            {
                throw new FormatException($"'{name}' is not a known time zone.");
            }

            text = text[end..].Trim();
        }

        if (text.StartsWith("@every ", StringComparison.Ordinal))
        {
            return new CronSchedule(GoDuration.Parse(text["@every ".Length..].Trim()));
        }

        var fields = Shortcut(text).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5
            ? new CronSchedule(fields, zone)
            : throw new FormatException($"'{expression}' has {fields.Length} fields; a cron schedule has 5.");
    }

    /// <summary>
    /// How long after <paramref name="closedAt"/> the next run begins. Counted from the start of the last run, so that
    /// intervals do not drift by the time that the runs take.
    /// </summary>
    public TimeSpan? BackoffAfter(DateTimeOffset startedAt, DateTimeOffset closedAt)
    {
        if (_every is { } every)
        {
            var passed = closedAt - startedAt;
            var remainder = TimeSpan.FromTicks(passed.Ticks % every.Ticks);
            return every - remainder;
        }

        var next = Next(closedAt);
        return next - closedAt;
    }

    private DateTimeOffset? Next(DateTimeOffset after)
    {
        var local = TimeZoneInfo.ConvertTime(after, _zone).DateTime;
        var minute = new DateTime(local.Year, local.Month, local.Day, local.Hour, local.Minute, 0).AddMinutes(1);
        var day = minute.Date;
        for (var searched = 0; searched < SearchDays; searched++, day = day.AddDays(1))
        {
            if (!Matches(day))
            {
                continue;
            }

            for (var at = day == minute.Date ? minute : day; at.Date == day; at = at.AddMinutes(1))
            {
                if (Has(_hours, at.Hour) && Has(_minutes, at.Minute) && !_zone.IsInvalidTime(at))
                {
                    return new DateTimeOffset(at, _zone.GetUtcOffset(at)).ToUniversalTime();
                }
            }
        }

        return null;
    }

    private bool Matches(DateTime day)
    {
        var byDay = Has(_days, day.Day);
        var byWeekday = Has(_weekdays, (int)day.DayOfWeek);
        return Has(_months, day.Month) && (_eitherDay ? byDay || byWeekday : byDay && byWeekday);
    }

    private static bool Has(ulong bits, int value) => (bits >> value & 1) != 0;

    private static string Shortcut(string text) => text switch
    {
        "@yearly" or "@annually" => "0 0 1 1 *",
        "@monthly" => "0 0 1 * *",
        "@weekly" => "0 0 * * 0",
        "@daily" or "@midnight" => "0 0 * * *",
        "@hourly" => "0 * * * *",
        _ => text,
    };

    private static ulong Bits(string field, int low, int high, string[] names)
    {
        var bits = 0UL;
        foreach (var part in field.Split(','))
        {
            var pieces = part.Split('/');
            var step = pieces.Length == 2 ? Number(pieces[1], 1, high, []) : 1;
            var (first, last) = Range(pieces[0], low, high, names, pieces.Length == 2);
            for (var value = first; value <= last; value += step)
            {
                bits |= 1UL << value;
            }
        }

        return bits;
    }

    private static (int First, int Last) Range(string text, int low, int high, string[] names, bool isStepped)
    {
        if (text is "*" or "?")
        {
            return (low, high);
        }

        var ends = text.Split('-');
        var first = Number(ends[0], low, high, names);
        var last = ends.Length == 2 ? Number(ends[1], low, high, names) : isStepped ? high : first;
        return first <= last ? (first, last) : throw new FormatException($"The range '{text}' runs backwards.");
    }

    private static int Number(string text, int low, int high, string[] names)
    {
        var named = Array.IndexOf(names, text.ToLowerInvariant());
        if (named >= 0)
        {
            return named + (names.Length == 12 ? 1 : 0);
        }

        return int.TryParse(text, out var value) && value >= low && value <= high
            ? value
            : throw new FormatException($"'{text}' is not between {low} and {high}.");
    }
}
