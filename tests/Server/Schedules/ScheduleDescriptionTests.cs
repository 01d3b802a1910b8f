using TemporalDev.Server.Schedules;
using TemporalDev.Server.Visibility;
using Temporalio.Api.Schedule.V1;

namespace Orchestrator.Tests.Server.Schedules;

public sealed class ScheduleDescriptionTests
{
    private static readonly AttributeSchema NoAttributes = new([]);

    [Fact]
    public void Ten_times_to_come_are_described_and_five_are_listed()
    {
        var state = SomeSchedule.State();

        Assert.Equal(Hours(1, 10), Times(Describe(state, SomeSchedule.Noon).FutureActionTimes));
        Assert.Equal(Hours(1, 5), Times(List(state, SomeSchedule.Noon).FutureActionTimes));
    }

    [Fact]
    public void No_more_times_are_told_than_actions_are_left()
    {
        var state = SomeSchedule.State();
        state.Schedule.State.LimitedActions = true;
        state.Schedule.State.RemainingActions = 2;

        Assert.Equal(Hours(1, 2), Times(Describe(state, SomeSchedule.Noon).FutureActionTimes));
    }

    [Fact]
    public void Times_that_passed_during_a_pause_are_not_told_as_still_to_come()
    {
        var state = SomeSchedule.State();
        state.Schedule.State.Paused = true;

        Assert.Equal(Hours(8, 5), Times(List(state, SomeSchedule.Noon.AddHours(7.5)).FutureActionTimes));
    }

    [Fact]
    public void A_list_shows_the_first_ten_of_many_calendars()
    {
        var spec = new ScheduleSpec();
        spec.CronString.AddRange(Enumerable.Range(0, 24).Select(hour => $"0 {hour} * * *"));

        Assert.Equal(10, List(SomeSchedule.State(spec), SomeSchedule.Noon).Spec.StructuredCalendar.Count);
        Assert.Equal(24, ScheduleDescription.Describe(SomeSchedule.State(spec), NoAttributes, SomeSchedule.Noon).Schedule.Spec.StructuredCalendar.Count);
    }

    private static ScheduleInfo Describe(TemporalDev.Server.Schedules.ScheduleState state, DateTimeOffset now) =>
        ScheduleDescription.Describe(state, NoAttributes, now).Info;

    private static ScheduleListInfo List(TemporalDev.Server.Schedules.ScheduleState state, DateTimeOffset now) =>
        ScheduleDescription.Entry(state, NoAttributes, now).Info;

    private static IEnumerable<DateTimeOffset> Hours(int first, int count) => Enumerable.Range(first, count).Select(hour => SomeSchedule.Noon.AddHours(hour));

    private static IEnumerable<DateTimeOffset> Times(IEnumerable<Google.Protobuf.WellKnownTypes.Timestamp> times) =>
        times.Select(time => time.ToDateTimeOffset());
}
