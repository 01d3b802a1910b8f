using Temporalio.Api.Schedule.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>The time zone in which a spec's calendars are read.</summary>
internal static class ScheduleZones
{
    public static TimeZoneInfo Find(ScheduleSpec spec)
    {
        if (!spec.TimezoneData.IsEmpty)
        {
            throw new NotSupportedException("This server knows time zones by name alone; timezone_data is not supported.");
        }

        if (spec.TimezoneName.Length == 0)
        {
            return TimeZoneInfo.Utc;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(spec.TimezoneName, out var zone)
            ? zone
            : throw new FormatException($"unknown time zone {spec.TimezoneName}");
    }
}
