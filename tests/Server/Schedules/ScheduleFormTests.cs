using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Schedules;
using Temporalio.Api.Schedule.V1;
using Range = Temporalio.Api.Schedule.V1.Range;

namespace Orchestrator.Tests.Server.Schedules;

public sealed class ScheduleFormTests
{
    [Theory]
    [InlineData("*", "0-6")]
    [InlineData("*/2", "0-6/2")]
    [InlineData("7", "0-0")]
    [InlineData("0-7", "0-6")]
    [InlineData("5-7", "0-0 5-6")]
    [InlineData("2-7/2", "2-6/2")]
    [InlineData("1-7/2", "0-0 1-6/2")]
    [InlineData("3/2", "0-0 3-6/2")]
    [InlineData("sun-TUE", "0-2")]
    [InlineData("mon,we", "1-1 3-3")]
    public void A_seventh_day_is_a_Sunday(string written, string kept)
    {
        var spec = ScheduleForm.Canonical(new ScheduleSpec { CronString = { $"0 0 * * {written}" } });

        Assert.Equal(kept, Text(spec.StructuredCalendar.Single().DayOfWeek));
    }

    [Fact]
    public void Every_way_to_write_a_calendar_ends_in_the_structured_one()
    {
        var spec = ScheduleForm.Canonical(new ScheduleSpec
        {
            StructuredCalendar = { new StructuredCalendarSpec { Second = { new Range() }, Hour = { new Range { Start = 3, End = 9, Step = 2 } } } },
            Calendar = { new CalendarSpec { Hour = "7", Month = "jun-aug", Comment = "summer" } },
            CronString = { "15 10,14 1-5/2 * * 2027 # twice", "@daily", "@every 10m/2m", "@every 2d" },
            TimezoneName = "Europe/Berlin",
        });

        Assert.Equal(
            [
                " |0-0||3-9/2||||",
                "summer |0-0|0-0|7-7|1-31|6-8||0-6",
                "twice |0-0|15-15|10-10 14-14|1-5/2|1-12|2027-2027|0-6",
                " |0-0|0-0|0-0|1-31|1-12||0-6",
            ],
            spec.StructuredCalendar.Select(calendar => $"{calendar.Comment} |{Text(calendar.Second)}|{Text(calendar.Minute)}|{Text(calendar.Hour)}|"
                + $"{Text(calendar.DayOfMonth)}|{Text(calendar.Month)}|{Text(calendar.Year)}|{Text(calendar.DayOfWeek)}"));
        Assert.Equal(["600/120", "172800/0"], spec.Interval.Select(interval => $"{interval.Interval.Seconds}/{interval.Phase?.Seconds ?? 0}"));
        Assert.Empty(spec.CronString);
        Assert.Empty(spec.Calendar);
    }

    [Fact]
    public void A_canonical_spec_is_its_own_canonical_form()
    {
        var once = ScheduleForm.Canonical(new ScheduleSpec { CronString = { "*/5 8-18 * * mon-fri" }, TimezoneName = "Asia/Tokyo" });

        Assert.Equal(once, ScheduleForm.Canonical(once));
    }

    [Theory]
    [InlineData("every now and then", "CronString does not have 5-7 fields")]
    [InlineData("@reboot", "CronString does not have 5-7 fields")]
    [InlineData("", "CronString does not have 5-7 fields")]
    [InlineData("a b c d e", "Minute is not in range [0-59], Hour is not in range [0-23], DayOfWeek is not in range [0-7], DayOfMonth is not in range [1-31], Month is not in range [1-12]")]
    [InlineData("99 * * * *", "Minute is not in range [0-59]")]
    [InlineData("*/0 * * * *", "Minute has invalid Step")]
    [InlineData("5-1 * * * *", "Minute End is before Start or not in range [0-59]")]
    [InlineData("1-2-3 * * * *", "Minute has too many dashes")]
    [InlineData("1/2/3 * * * *", "Minute has too many slashes")]
    [InlineData("* * * juneau *", "Month is not in range [1-12]")]
    [InlineData("0 0 1 1 * 1999", "Year is not in range [2000-2100]")]
    [InlineData("@every", "CronString does not have interval after @every")]
    [InlineData("@every 5x", "'5x' is not a duration")]
    [InlineData("@every 500ms", "interval is too small")]
    [InlineData("@every 5m/6m", "phase cannot be greater than Interval")]
    [InlineData("CRON_TZ=Mars/Olympus * * * * *", "unknown time zone Mars/Olympus")]
    [InlineData("CRON_TZ=Europe/Berlin", "CronString has time zone but missing fields")]
    public void A_cron_text_that_makes_no_sense_is_refused_with_the_reason(string text, string reason) =>
        Assert.StartsWith(reason, Refusal(new ScheduleSpec { CronString = { text } }));

    [Fact]
    public void Zones_of_cron_texts_must_agree_with_each_other_and_with_the_spec()
    {
        const string berlin = "CRON_TZ=Europe/Berlin 0 12 * * *";

        Assert.Equal("Europe/Berlin", ScheduleForm.Canonical(new ScheduleSpec { CronString = { berlin, "TZ=Europe/Berlin 0 13 * * *" } }).TimezoneName);
        Assert.Equal("conflicting timezone names", Refusal(new ScheduleSpec { CronString = { berlin, "0 12 * * *" } }));
        Assert.Equal("conflicting timezone names", Refusal(new ScheduleSpec { CronString = { berlin }, TimezoneName = "UTC" }));
    }

    [Fact]
    public void Every_wrong_range_of_a_structured_calendar_is_named()
    {
        var calendar = new StructuredCalendarSpec
        {
            Minute = { new Range { Start = 3, End = 1 }, new Range { Start = 1, Step = -1 } },
            Hour = { new Range { Start = 30 } },
            Comment = new string('x', 201),
        };

        Assert.Equal(
            "invalid calendar spec: Minute End is before Start or not in range [0-59], Minute has invalid Step, Hour Start is not in range [0-23], comment is too long",
            Refusal(new ScheduleSpec { StructuredCalendar = { calendar } }));
    }

    [Fact]
    public void Intervals_and_zones_are_checked()
    {
        Assert.Equal("interval is too small", Refusal(new ScheduleSpec { Interval = { new IntervalSpec() } }));
        Assert.Equal("phase is negative", Refusal(Every(5, -1)));
        Assert.Equal("phase cannot be greater than Interval", Refusal(Every(5, 5)));
        Assert.Equal("unknown time zone Middle/Earth", Refusal(new ScheduleSpec { TimezoneName = "Middle/Earth" }));
        Assert.Throws<NotSupportedException>(() => ScheduleForm.Canonical(new ScheduleSpec { TimezoneData = ByteString.CopyFromUtf8("TZif") }));
    }

    private static ScheduleSpec Every(int seconds, int phase) => new()
    {
        Interval = { new IntervalSpec { Interval = new Duration { Seconds = seconds }, Phase = new Duration { Seconds = phase } } },
    };

    private static string Refusal(ScheduleSpec spec) => Assert.Throws<FormatException>(() => ScheduleForm.Canonical(spec)).Message;

    private static string Text(IEnumerable<Range> ranges) =>
        string.Join(' ', ranges.Select(range => $"{range.Start}-{range.End}{(range.Step > 1 ? $"/{range.Step}" : "")}"));
}
