using Temporalio.Api.Schedule.V1;
using Range = Temporalio.Api.Schedule.V1.Range;

namespace TemporalDev.Server.Schedules;

/// <summary>
/// The one form in which a spec is kept and described: every calendar structured, every range written out. A spec that
/// makes no sense is a FormatException whose message says why.
/// </summary>
internal static class ScheduleForm
{
    private const int CommentLength = 200;

    public static ScheduleSpec Canonical(ScheduleSpec? written)
    {
        var spec = written?.Clone() ?? new ScheduleSpec();
        spec.StructuredCalendar.AddRange(spec.Calendar.Select(Structured));
        spec.Calendar.Clear();
#pragma warning disable CS0612 // Older clients exclude by texts.
        spec.ExcludeStructuredCalendar.AddRange(spec.ExcludeCalendar.Select(Structured));
        spec.ExcludeCalendar.Clear();
#pragma warning restore CS0612
        TakeCronTexts(spec);
        foreach (var calendar in spec.StructuredCalendar.Concat(spec.ExcludeStructuredCalendar))
        {
            Check(calendar);
            WriteOut(calendar);
        }

        foreach (var interval in spec.Interval)
        {
            Check(interval);
        }

        ScheduleZones.Find(spec);
        return spec;
    }

    private static StructuredCalendarSpec Structured(CalendarSpec text)
    {
        var problems = new List<string>();
        var calendar = new StructuredCalendarSpec
        {
            Comment = text.Comment,
            Second = { CalendarField.Second.Parse(text.Second, problems) },
            Minute = { CalendarField.Minute.Parse(text.Minute, problems) },
            Hour = { CalendarField.Hour.Parse(text.Hour, problems) },
            DayOfWeek = { CalendarField.DayOfWeek.Parse(text.DayOfWeek, problems) },
            DayOfMonth = { CalendarField.DayOfMonth.Parse(text.DayOfMonth, problems) },
            Month = { CalendarField.Month.Parse(text.Month, problems) },
            // Every year is said by naming none.
            Year = { text.Year.Trim() is "" or "*" ? [] : CalendarField.Year.Parse(text.Year, problems) },
        };
        return problems.Count == 0 ? calendar : throw new FormatException(string.Join(", ", problems));
    }

    private static void TakeCronTexts(ScheduleSpec spec)
    {
        var texts = spec.CronString.Select(CronText.Parse).ToList();
        spec.CronString.Clear();
        spec.StructuredCalendar.AddRange(texts.Where(text => text.Calendar is not null).Select(text => Structured(text.Calendar!)));
        spec.Interval.AddRange(texts.Where(text => text.Interval is not null).Select(text => text.Interval));
        var zones = texts.Where(text => text.Calendar is not null).Select(text => text.TimeZone).Distinct().ToList();
        if (zones.Count > 1)
        {
            throw new FormatException("conflicting timezone names");
        }

        if (zones is not [{ Length: > 0 } zone])
        {
            return;
        }

        if ((spec.TimezoneName.Length > 0 && spec.TimezoneName != zone) || !spec.TimezoneData.IsEmpty)
        {
            throw new FormatException("conflicting timezone names");
        }

        spec.TimezoneName = zone;
    }

    private static void Check(StructuredCalendarSpec calendar)
    {
        var problems = new List<string>();
        CalendarField.Second.Check(calendar.Second, problems);
        CalendarField.Minute.Check(calendar.Minute, problems);
        CalendarField.Hour.Check(calendar.Hour, problems);
        CalendarField.DayOfMonth.Check(calendar.DayOfMonth, problems);
        CalendarField.Month.Check(calendar.Month, problems);
        CalendarField.Year.Check(calendar.Year, problems);
        CalendarField.DayOfWeek.Check(calendar.DayOfWeek, problems);
        if (calendar.Comment.Length > CommentLength)
        {
            problems.Add("comment is too long");
        }

        if (problems.Count > 0)
        {
            throw new FormatException($"invalid calendar spec: {string.Join(", ", problems)}");
        }
    }

    private static void Check(IntervalSpec interval)
    {
        var length = interval.Interval?.ToTimeSpan() ?? TimeSpan.Zero;
        var phase = interval.Phase?.ToTimeSpan() ?? TimeSpan.Zero;
        var problem = length < TimeSpan.FromSeconds(1) ? "interval is too small"
            : phase < TimeSpan.Zero ? "phase is negative"
            : phase >= length ? "phase cannot be greater than Interval"
            : null;
        if (problem is not null)
        {
            throw new FormatException(problem);
        }
    }

    private static void WriteOut(StructuredCalendarSpec calendar)
    {
        IEnumerable<Range> ranges =
        [
            .. calendar.Second, .. calendar.Minute, .. calendar.Hour, .. calendar.DayOfMonth,
            .. calendar.Month, .. calendar.Year, .. calendar.DayOfWeek,
        ];
        foreach (var range in ranges)
        {
            range.End = Math.Max(range.Start, range.End);
            range.Step = Math.Max(1, range.Step);
        }
    }
}
