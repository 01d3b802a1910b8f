using Google.Protobuf.WellKnownTypes;
using TemporalDev.Server.Schedules;
using Temporalio.Api.Schedule.V1;

namespace Orchestrator.Tests.Server.Schedules;

public sealed class ScheduleTimesTests
{
    [Theory]
    [InlineData("0 12 * * MON-WED", "2027-03-31T12:00:00Z", "2027-04-05T12:00:00 2027-04-06T12:00:00")]
    [InlineData("0 0 29 2 *", "2027-01-01T00:00:00Z", "2028-02-29T00:00:00 2032-02-29T00:00:00")]
    [InlineData("0 0 31 * *", "2027-01-31T00:00:00Z", "2027-03-31T00:00:00 2027-05-31T00:00:00")]
    [InlineData("0 0 13 * fri", "2027-01-01T00:00:00Z", "2027-08-13T00:00:00 2028-10-13T00:00:00")]
    [InlineData("5 4 3 2 1 * 2040", "2027-01-01T00:00:00Z", "2040-01-02T03:04:05")]
    [InlineData("*/20 59 23 31 12 * *", "2027-12-31T23:59:21Z", "2027-12-31T23:59:40 2028-12-31T23:59:00")]
    [InlineData("0 0 30 2 *", "2027-01-01T00:00:00Z", "")]
    [InlineData("@every 90m/15m", "2027-01-01T00:00:00Z", "2027-01-01T00:15:00 2027-01-01T01:45:00")]
    public void A_cron_text_means_these_times(string text, string after, string times)
    {
        var expected = times.Split(' ', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(expected, SomeSchedule.Times(new ScheduleSpec { CronString = { text } }, after, Math.Max(1, expected.Length)).Take(2));
    }

    [Fact]
    public void A_clock_time_that_a_clock_change_skips_does_not_come() => Assert.Equal(
        ["2027-03-27T01:30:00", "2027-03-29T00:30:00"],
        SomeSchedule.Times(Daily("30 2 * * *", "Europe/Berlin"), "2027-03-26T12:00:00Z", 2));

    [Fact]
    public void A_clock_time_that_a_clock_change_repeats_comes_twice() => Assert.Equal(
        ["2027-10-30T00:30:00", "2027-10-31T00:30:00", "2027-10-31T01:30:00", "2027-11-01T01:30:00"],
        SomeSchedule.Times(Daily("30 2 * * *", "Europe/Berlin"), "2027-10-29T12:00:00Z", 4));

    [Fact]
    public void Clock_changes_of_the_southern_half_and_of_half_an_hour_are_followed() => Assert.Equal(
        ["2027-04-02T15:00:00", "2027-04-03T15:30:00", "2027-04-04T15:30:00"],
        SomeSchedule.Times(Daily("0 2 * * *", "Australia/Lord_Howe"), "2027-04-02T00:00:00Z", 3));

    [Fact]
    public void A_far_time_is_found_across_many_clock_changes() => Assert.Equal(
        ["2039-07-01T10:00:00"],
        SomeSchedule.Times(Daily("0 12 1 7 * 2039", "Europe/Berlin"), "2027-01-01T00:00:00Z", 1));

    [Fact]
    public void What_is_excluded_does_not_come()
    {
        var spec = Daily("0 9 * * *", "Europe/Berlin");
#pragma warning disable CS0612 // Older clients exclude by texts.
        spec.ExcludeCalendar.Add(new CalendarSpec { DayOfWeek = "sat,sun", Hour = "*" });
#pragma warning restore CS0612

        Assert.Equal(["2027-01-08T08:00:00", "2027-01-11T08:00:00"], SomeSchedule.Times(spec, "2027-01-07T12:00:00Z", 2));
    }

    [Fact]
    public void Exclusions_that_leave_nothing_end_the_search()
    {
        var everything = new CalendarSpec { Second = "*", Minute = "*", Hour = "*" };
        var spec = new ScheduleSpec { Calendar = { everything }, ExcludeStructuredCalendar = { ScheduleForm.Canonical(new() { Calendar = { everything } }).StructuredCalendar } };

        Assert.Empty(SomeSchedule.Times(spec, "2027-01-01T00:00:00Z", 1));
    }

    [Fact]
    public void Start_and_end_count()
    {
        var spec = SomeSchedule.Hourly.Clone();
        spec.StartTime = Time("2027-01-01T10:00:00Z");
        spec.EndTime = Time("2027-01-01T12:00:00Z");

        Assert.Equal(["2027-01-01T10:00:00", "2027-01-01T11:00:00", "2027-01-01T12:00:00"], SomeSchedule.Times(spec, "2020-01-01T00:00:00Z", 9));
    }

    [Fact]
    public void Times_of_several_kinds_come_in_order_and_once()
    {
        var spec = new ScheduleSpec { CronString = { "0 * * * *", "30 1 * * *" }, Interval = { SomeSchedule.Hourly.Interval } };

        Assert.Equal(["2027-01-01T01:00:00", "2027-01-01T01:30:00", "2027-01-01T02:00:00"], SomeSchedule.Times(spec, "2027-01-01T00:00:00Z", 3));
    }

    [Fact]
    public void Jitter_is_the_same_on_every_look_stays_within_its_bounds_and_passes_no_other_time()
    {
        var spec = SomeSchedule.Hourly.Clone();
        spec.Jitter = Duration.FromTimeSpan(TimeSpan.FromHours(5));
        var times = new ScheduleTimes(spec, "seed");
        var found = new List<ScheduleTime>();
        for (var next = times.Next(SomeSchedule.Noon); found.Count < 200; next = times.Next(next!.Actual))
        {
            found.Add(next!);
        }

        Assert.Equal(found, found.Select(time => new ScheduleTimes(spec, "seed").Next(time.Nominal - TimeSpan.FromSeconds(1))!));
        Assert.All(found, time => Assert.InRange(time.Actual - time.Nominal, TimeSpan.Zero, TimeSpan.FromHours(1)));
        Assert.Equal(Enumerable.Range(1, 200).Select(hour => SomeSchedule.Noon.AddHours(hour)), found.Select(time => time.Nominal));
        Assert.True(found.Select(time => time.Actual - time.Nominal).Distinct().Count() > 150);
        Assert.NotEqual(found[0], new ScheduleTimes(spec, "another").Next(SomeSchedule.Noon));
    }

    private static ScheduleSpec Daily(string cron, string zone) => new() { CronString = { cron }, TimezoneName = zone };

    private static Timestamp Time(string text) =>
        Timestamp.FromDateTimeOffset(DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture));
}
