namespace Temporalio.Client.Schedules;

/// <summary>The times of all calendars, intervals and cron expressions together, except those to skip.</summary>
public record ScheduleSpec
{
    public IReadOnlyCollection<ScheduleCalendarSpec> Calendars { get; init; } = [];

    public IReadOnlyCollection<ScheduleIntervalSpec> Intervals { get; init; } = [];

    /// <summary>The server turns them into calendars.</summary>
    public IReadOnlyCollection<string> CronExpressions { get; init; } = [];

    public IReadOnlyCollection<ScheduleCalendarSpec> Skip { get; init; } = [];

    public DateTime? StartAt { get; init; }

    public DateTime? EndAt { get; init; }

    /// <summary>Each action is late by a random time up to this, but not later than the next one.</summary>
    public TimeSpan? Jitter { get; init; }

    /// <summary>An IANA name; UTC when null.</summary>
    public string? TimeZoneName { get; init; }
}

/// <summary>A time matches when every field does. Empty years match all; any other empty field matches nothing.</summary>
public record ScheduleCalendarSpec
{
    public static readonly IReadOnlyCollection<ScheduleRange> Beginning = [ScheduleRange.Zero];

    public static readonly IReadOnlyCollection<ScheduleRange> AllMonthDays = [new(1, 31)];

    public static readonly IReadOnlyCollection<ScheduleRange> AllMonths = [new(1, 12)];

    public static readonly IReadOnlyCollection<ScheduleRange> AllWeekDays = [new(0, 6)];

    public IReadOnlyCollection<ScheduleRange> Second { get; init; } = Beginning;

    public IReadOnlyCollection<ScheduleRange> Minute { get; init; } = Beginning;

    public IReadOnlyCollection<ScheduleRange> Hour { get; init; } = Beginning;

    public IReadOnlyCollection<ScheduleRange> DayOfMonth { get; init; } = AllMonthDays;

    public IReadOnlyCollection<ScheduleRange> Month { get; init; } = AllMonths;

    public IReadOnlyCollection<ScheduleRange> Year { get; init; } = [];

    /// <summary>Zero is Sunday.</summary>
    public IReadOnlyCollection<ScheduleRange> DayOfWeek { get; init; } = AllWeekDays;

    public string? Comment { get; init; }
}

/// <summary>Both ends belong to the range.</summary>
/// <param name="End">Less than the start: the start.</param>
/// <param name="Step">Zero: one.</param>
public record ScheduleRange(int Start, int End = 0, int Step = 0)
{
    public static readonly ScheduleRange Zero = new(0);
}

/// <param name="Every">Counted from the epoch.</param>
public record ScheduleIntervalSpec(TimeSpan Every, TimeSpan? Offset = null);
