namespace TemporalDev.Server.Schedules;

/// <summary>
/// A calendar on the clocks of a time zone. A clock time that a clock change skips never comes; one that it repeats comes
/// twice.
/// </summary>
internal sealed class ZonedCalendar(CalendarMatch calendar, TimeZoneInfo zone)
{
    /// <summary>No zone changes its clocks and changes them back within so short a time.</summary>
    private static readonly TimeSpan Stride = TimeSpan.FromDays(7);

    /// <summary>The last answer holds for every earlier question down to the one that it was given for.</summary>
    private (DateTimeOffset Asked, DateTimeOffset? Found)? _last;

    public bool Matches(DateTimeOffset time) => calendar.Matches(TimeZoneInfo.ConvertTime(time, zone).DateTime);

    /// <summary>The first match after a time.</summary>
    public DateTimeOffset? Next(DateTimeOffset after)
    {
        if (_last is { } last && after >= last.Asked && (last.Found is null || after < last.Found))
        {
            return last.Found;
        }

        var found = Search(WholeSecondAfter(after));
        _last = (after, found);
        return found;
    }

    private DateTimeOffset? Search(DateTimeOffset from)
    {
        while (true)
        {
            var offset = zone.GetUtcOffset(from);
            if (calendar.Next((from + offset).UtcDateTime) is not { } local)
            {
                return null;
            }

            var candidate = new DateTimeOffset(local, TimeSpan.Zero) - offset;
            if (ClockChange(from, candidate, offset) is not { } change)
            {
                return candidate;
            }

            from = change;
        }
    }

    /// <summary>The first second of another offset, if there is one on the way.</summary>
    private DateTimeOffset? ClockChange(DateTimeOffset from, DateTimeOffset to, TimeSpan offset)
    {
        for (var at = from; at < to;)
        {
            var next = to - at > Stride ? at + Stride : to;
            if (zone.GetUtcOffset(next) != offset)
            {
                return FirstOther(at, next, offset);
            }

            at = next;
        }

        return null;
    }

    private DateTimeOffset FirstOther(DateTimeOffset same, DateTimeOffset other, TimeSpan offset)
    {
        while (other - same > TimeSpan.FromSeconds(1))
        {
            var middle = same + TimeSpan.FromSeconds(Math.Floor((other - same).TotalSeconds / 2));
            if (zone.GetUtcOffset(middle) == offset)
            {
                same = middle;
            }
            else
            {
                other = middle;
            }
        }

        return other;
    }

    private static DateTimeOffset WholeSecondAfter(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond) + TimeSpan.TicksPerSecond, TimeSpan.Zero);
}
