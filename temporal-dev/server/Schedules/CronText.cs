using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Engine;
using Temporalio.Api.Schedule.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>
/// A cron string of a schedule: five to seven fields, a shorthand, or "@every 1h/5m"; a time zone in front, a comment
/// behind. Days of the month and of the week must both match, unlike in a workflow's own cron schedule.
/// </summary>
internal sealed record CronText(CalendarSpec? Calendar, IntervalSpec? Interval, string TimeZone)
{
    private const string Every = "@every";

    public static CronText Parse(string text)
    {
        var comment = "";
        if (text.IndexOf('#', StringComparison.Ordinal) is >= 0 and var mark)
        {
            comment = text[(mark + 1)..].Trim();
            text = text[..mark];
        }

        var fields = text.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        var zone = "";
        if (fields is [var first, ..] && (first.StartsWith("TZ=", StringComparison.Ordinal) || first.StartsWith("CRON_TZ=", StringComparison.Ordinal)))
        {
            zone = first[(first.IndexOf('=', StringComparison.Ordinal) + 1)..];
            fields = fields[1..];
            if (fields.Length == 0)
            {
                throw new FormatException("CronString has time zone but missing fields");
            }
        }

        return fields is [Every, ..]
            ? new CronText(null, IntervalOf(fields), zone)
            : new CronText(CalendarOf(Written(fields), comment), null, zone);
    }

    private static IntervalSpec IntervalOf(string[] fields)
    {
        if (fields.Length != 2)
        {
            throw new FormatException("CronString does not have interval after @every");
        }

        var parts = fields[1].Split('/', 2);
        var interval = new IntervalSpec { Interval = LengthOf(parts[0]) };
        if (parts.Length == 2)
        {
            interval.Phase = LengthOf(parts[1]);
        }

        return interval;
    }

    /// <summary>Days are a unit here, unlike in a workflow's own cron schedule.</summary>
    private static Duration LengthOf(string text) => Duration.FromTimeSpan(
        text.EndsWith('d') && int.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var days)
            ? TimeSpan.FromDays(days)
            : GoDuration.Parse(text));

    private static string[] Written(string[] fields) => fields switch
    {
        ["@yearly" or "@annually"] => ["0", "0", "1", "1", "*"],
        ["@monthly"] => ["0", "0", "1", "*", "*"],
        ["@weekly"] => ["0", "0", "*", "*", "0"],
        ["@daily" or "@midnight"] => ["0", "0", "*", "*", "*"],
        ["@hourly"] => ["0", "*", "*", "*", "*"],
        _ => fields,
    };

    private static CalendarSpec CalendarOf(string[] fields, string comment) => fields switch
    {
        [var minute, var hour, var day, var month, var weekday] => new()
        {
            Minute = minute,
            Hour = hour,
            DayOfMonth = day,
            Month = month,
            DayOfWeek = weekday,
            Comment = comment,
        },
        [var minute, var hour, var day, var month, var weekday, var year] => new()
        {
            Minute = minute,
            Hour = hour,
            DayOfMonth = day,
            Month = month,
            DayOfWeek = weekday,
            Year = year,
            Comment = comment,
        },
        [var second, var minute, var hour, var day, var month, var weekday, var year] => new()
        {
            Second = second,
            Minute = minute,
            Hour = hour,
            DayOfMonth = day,
            Month = month,
            DayOfWeek = weekday,
            Year = year,
            Comment = comment,
        },
        _ => throw new FormatException("CronString does not have 5-7 fields"),
    };
}
