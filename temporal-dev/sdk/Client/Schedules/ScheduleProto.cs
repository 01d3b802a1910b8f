using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Schedule.V1;
using ProtoSpec = Temporalio.Api.Schedule.V1.ScheduleSpec;
using ProtoState = Temporalio.Api.Schedule.V1.ScheduleState;

namespace Temporalio.Client.Schedules;

/// <summary>Schedules to and from the wire, except their actions, which hold payloads.</summary>
internal static class ScheduleProto
{
    public static ProtoSpec From(ScheduleSpec spec) => new()
    {
        StructuredCalendar = { spec.Calendars.Select(From) },
        CronString = { spec.CronExpressions },
        Interval = { spec.Intervals.Select(From) },
        ExcludeStructuredCalendar = { spec.Skip.Select(From) },
        StartTime = spec.StartAt is { } start ? Timestamp.FromDateTime(start) : null,
        EndTime = spec.EndAt is { } end ? Timestamp.FromDateTime(end) : null,
        Jitter = spec.Jitter is { } jitter ? Duration.FromTimeSpan(jitter) : null,
        TimezoneName = spec.TimeZoneName ?? string.Empty,
    };

    public static SchedulePolicies From(SchedulePolicy policy) => new()
    {
        OverlapPolicy = policy.Overlap,
        CatchupWindow = policy.CatchupWindow is { } window ? Duration.FromTimeSpan(window) : null,
        PauseOnFailure = policy.PauseOnFailure,
    };

    public static ProtoState From(ScheduleState state) => new()
    {
        Notes = state.Note ?? string.Empty,
        Paused = state.Paused,
        LimitedActions = state.LimitedActions,
        RemainingActions = state.RemainingActions,
    };

    public static BackfillRequest From(ScheduleBackfill backfill) => new()
    {
        StartTime = Timestamp.FromDateTime(backfill.StartAt),
        EndTime = Timestamp.FromDateTime(backfill.EndAt),
        OverlapPolicy = backfill.Overlap,
    };

    public static ScheduleSpec ToSpec(ProtoSpec proto) => new()
    {
        Calendars = [.. proto.StructuredCalendar.Select(ToCalendar)],
        CronExpressions = proto.CronString,
        Intervals = [.. proto.Interval.Select(interval => new ScheduleIntervalSpec(
            interval.Interval.ToTimeSpan(), interval.Phase?.ToTimeSpan()))],
        Skip = [.. proto.ExcludeStructuredCalendar.Select(ToCalendar)],
        StartAt = proto.StartTime?.ToDateTime(),
        EndAt = proto.EndTime?.ToDateTime(),
        Jitter = proto.Jitter?.ToTimeSpan(),
        TimeZoneName = NullIfEmpty(proto.TimezoneName),
    };

    public static SchedulePolicy ToPolicy(SchedulePolicies proto) => new()
    {
        Overlap = proto.OverlapPolicy,
        CatchupWindow = proto.CatchupWindow?.ToTimeSpan(),
        PauseOnFailure = proto.PauseOnFailure,
    };

    public static ScheduleState ToState(ProtoState proto) => new()
    {
        Note = NullIfEmpty(proto.Notes),
        Paused = proto.Paused,
        LimitedActions = proto.LimitedActions,
        RemainingActions = proto.RemainingActions,
    };

    public static ScheduleInfo ToInfo(Api.Schedule.V1.ScheduleInfo proto) => new(
        proto.ActionCount,
        proto.MissedCatchupWindow,
        proto.OverlapSkipped,
        [.. proto.RunningWorkflows.Select(ToExecution)],
        [.. proto.RecentActions.Select(ToResult)],
        [.. proto.FutureActionTimes.Select(time => time.ToDateTime())],
        proto.CreateTime.ToDateTime(),
        proto.UpdateTime?.ToDateTime());

    public static ScheduleListSchedule ToListSchedule(Api.Schedule.V1.ScheduleListInfo proto) => new(
        new ScheduleListActionStartWorkflow(proto.WorkflowType?.Name ?? string.Empty),
        ToSpec(proto.Spec ?? new()),
        new(NullIfEmpty(proto.Notes), proto.Paused));

    public static ScheduleListInfo ToListInfo(Api.Schedule.V1.ScheduleListInfo proto) => new(
        [.. proto.RecentActions.Select(ToResult)],
        [.. proto.FutureActionTimes.Select(time => time.ToDateTime())]);

    private static StructuredCalendarSpec From(ScheduleCalendarSpec calendar) => new()
    {
        Second = { calendar.Second.Select(From) },
        Minute = { calendar.Minute.Select(From) },
        Hour = { calendar.Hour.Select(From) },
        DayOfMonth = { calendar.DayOfMonth.Select(From) },
        Month = { calendar.Month.Select(From) },
        Year = { calendar.Year.Select(From) },
        DayOfWeek = { calendar.DayOfWeek.Select(From) },
        Comment = calendar.Comment ?? string.Empty,
    };

    private static Api.Schedule.V1.Range From(ScheduleRange range) =>
        new() { Start = range.Start, End = range.End, Step = range.Step };

    private static IntervalSpec From(ScheduleIntervalSpec interval) => new()
    {
        Interval = Duration.FromTimeSpan(interval.Every),
        Phase = interval.Offset is { } offset ? Duration.FromTimeSpan(offset) : null,
    };

    private static ScheduleCalendarSpec ToCalendar(StructuredCalendarSpec proto) => new()
    {
        Second = ToRanges(proto.Second),
        Minute = ToRanges(proto.Minute),
        Hour = ToRanges(proto.Hour),
        DayOfMonth = ToRanges(proto.DayOfMonth),
        Month = ToRanges(proto.Month),
        Year = ToRanges(proto.Year),
        DayOfWeek = ToRanges(proto.DayOfWeek),
        Comment = NullIfEmpty(proto.Comment),
    };

    private static IReadOnlyCollection<ScheduleRange> ToRanges(IEnumerable<Api.Schedule.V1.Range> protos) =>
        [.. protos.Select(proto => new ScheduleRange(proto.Start, proto.End, proto.Step))];

    private static ScheduleActionResult ToResult(Api.Schedule.V1.ScheduleActionResult proto) => new(
        proto.ScheduleTime.ToDateTime(), proto.ActualTime.ToDateTime(), ToExecution(proto.StartWorkflowResult));

    private static ScheduleActionExecution ToExecution(Api.Common.V1.WorkflowExecution proto) =>
        new ScheduleActionExecutionStartWorkflow(proto.WorkflowId, proto.RunId);

    private static string? NullIfEmpty(string value) => value.Length == 0 ? null : value;
}
