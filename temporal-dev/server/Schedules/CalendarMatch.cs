using Google.Protobuf.Collections;
using Temporalio.Api.Schedule.V1;
using Range = Temporalio.Api.Schedule.V1.Range;

namespace TemporalDev.Server.Schedules;

/// <summary>One structured calendar, compiled: which clock times, of no zone in particular, it means.</summary>
internal sealed class CalendarMatch(StructuredCalendarSpec calendar)
{
    private readonly ulong _seconds = Bits(calendar.Second);
    private readonly ulong _minutes = Bits(calendar.Minute);
    private readonly ulong _hours = Bits(calendar.Hour);
    private readonly ulong _days = Bits(calendar.DayOfMonth);
    private readonly ulong _months = Bits(calendar.Month);
    private readonly ulong _weekdays = Bits(calendar.DayOfWeek);
    private readonly RepeatedField<Range> _years = calendar.Year;

    public bool Matches(DateTime local) =>
        MatchesDay(local) && Has(_hours, local.Hour) && Has(_minutes, local.Minute) && Has(_seconds, local.Second);

    /// <summary>The first match at or after a whole second; null when none comes before the calendar ends.</summary>
    public DateTime? Next(DateTime from)
    {
        if (from.Year < CalendarField.Year.Low)
        {
            from = new DateTime(CalendarField.Year.Low, 1, 1);
        }

        for (var day = from.Date; day.Year <= CalendarField.Year.High; day = day.AddDays(1))
        {
            if (MatchesDay(day) && FirstTime(day == from.Date ? from.TimeOfDay : TimeSpan.Zero) is { } time)
            {
                return day + time;
            }
        }

        return null;
    }

    private TimeSpan? FirstTime(TimeSpan from)
    {
        for (var hour = from.Hours; hour < 24; hour++)
        {
            var firstMinute = hour == from.Hours ? from.Minutes : 0;
            for (var minute = Has(_hours, hour) ? firstMinute : 60; minute < 60; minute++)
            {
                var isFirst = hour == from.Hours && minute == from.Minutes;
                for (var second = Has(_minutes, minute) ? (isFirst ? from.Seconds : 0) : 60; second < 60; second++)
                {
                    if (Has(_seconds, second))
                    {
                        return new TimeSpan(hour, minute, second);
                    }
                }
            }
        }

        return null;
    }

    private bool MatchesDay(DateTime day) =>
        Has(_months, day.Month) && Has(_days, day.Day) && Has(_weekdays, (int)day.DayOfWeek)
        && (_years.Count == 0 || _years.Any(range => day.Year >= range.Start && day.Year <= range.End && (day.Year - range.Start) % range.Step == 0));

    private static bool Has(ulong bits, int value) => (bits >> value & 1) != 0;

    private static ulong Bits(IEnumerable<Range> ranges)
    {
        var bits = 0UL;
        foreach (var range in ranges)
        {
            for (var value = range.Start; value <= range.End; value += range.Step)
            {
                bits |= 1UL << value;
            }
        }

        return bits;
    }
}
