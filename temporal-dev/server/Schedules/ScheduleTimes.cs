using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Temporalio.Api.Schedule.V1;

namespace TemporalDev.Server.Schedules;

/// <summary>A time of a schedule: as its spec says it, and with the jitter.</summary>
internal sealed record ScheduleTime(DateTimeOffset Nominal, DateTimeOffset Actual);

/// <summary>The times that a spec, in its canonical form, means.</summary>
internal sealed class ScheduleTimes
{
    /// <summary>Excluded times in a row after which the search ends: exclusions may leave nothing, second by second.</summary>
    private const int ExcludedLimit = 1_000_000;

    /// <summary>Asked for at once.</summary>
    private const int MatchingLimit = 1000;

    private readonly List<ZonedCalendar> _calendars;
    private readonly List<ZonedCalendar> _excluded;
    private readonly List<(long Seconds, long Phase)> _intervals;
    private readonly DateTimeOffset? _start;
    private readonly DateTimeOffset? _end;
    private readonly TimeSpan _jitter;
    private readonly byte[] _seed;

    public ScheduleTimes(ScheduleSpec spec, string jitterSeed)
    {
        var zone = ScheduleZones.Find(spec);
        _calendars = [.. spec.StructuredCalendar.Select(calendar => new ZonedCalendar(new CalendarMatch(calendar), zone))];
        _excluded = [.. spec.ExcludeStructuredCalendar.Select(calendar => new ZonedCalendar(new CalendarMatch(calendar), zone))];
        _intervals = [.. spec.Interval.Select(interval => (interval.Interval.Seconds, interval.Phase?.Seconds ?? 0))];
        _start = spec.StartTime?.ToDateTimeOffset();
        _end = spec.EndTime?.ToDateTimeOffset();
        _jitter = spec.Jitter?.ToTimeSpan() ?? TimeSpan.Zero;
        _seed = Encoding.UTF8.GetBytes(jitterSeed);
    }

    /// <summary>The first time whose nominal part is after the given one.</summary>
    public ScheduleTime? Next(DateTimeOffset after)
    {
        // A time that is exactly the start counts.
        var from = after < _start ? _start.Value - TimeSpan.FromSeconds(1) : after;
        for (var excluded = 0; excluded < ExcludedLimit; excluded++)
        {
            if (NextNominal(from) is not { } nominal || nominal > _end)
            {
                return null;
            }

            if (!_excluded.Exists(calendar => calendar.Matches(nominal)))
            {
                return new ScheduleTime(nominal, nominal + Jitter(nominal));
            }

            from = nominal;
        }

        return null;
    }

    /// <summary>What is to come, in order.</summary>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset after)
    {
        for (var next = Next(after); next is not null; next = Next(next.Actual))
        {
            yield return next.Actual;
        }
    }

    public IEnumerable<DateTimeOffset> Between(DateTimeOffset start, DateTimeOffset end) =>
        After(start).TakeWhile(time => time <= end).Take(MatchingLimit);

    private DateTimeOffset? NextNominal(DateTimeOffset after)
    {
        DateTimeOffset? earliest = null;
        foreach (var calendar in _calendars)
        {
            earliest = Earlier(earliest, calendar.Next(after));
        }

        var seconds = after.ToUnixTimeSeconds();
        foreach (var (length, phase) in _intervals)
        {
            var whole = Math.DivRem(seconds - phase, length).Quotient;
            earliest = Earlier(earliest, DateTimeOffset.FromUnixTimeSeconds(((whole + 1) * length) + phase));
        }

        return earliest;
    }

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => other is null || one < other ? one : other;

    /// <summary>The same for the same time on every look, and never past the following time.</summary>
    private TimeSpan Jitter(DateTimeOffset nominal)
    {
        if (_jitter <= TimeSpan.Zero)
        {
            return TimeSpan.Zero;
        }

        var longest = NextNominal(nominal) - nominal is { } gap && gap < _jitter ? gap : _jitter;
        var bytes = new byte[sizeof(long) + _seed.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, nominal.UtcTicks);
        _seed.CopyTo(bytes, sizeof(long));
        var fraction = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(bytes)) / (uint.MaxValue + 1.0);
        return TimeSpan.FromMilliseconds(Math.Floor(longest.TotalMilliseconds * fraction));
    }
}
