using System.Globalization;
using System.Text.Json.Serialization;

namespace Orchestrator.Workflows.Plan;

/// <summary>
/// The hours, in UTC, in which a batch may be let through: the same answer on every worker, whatever its time zone tables say.
/// One that ends before it begins goes on past midnight and belongs to the day on which it began.
/// </summary>
public sealed record ReleaseWindow(IReadOnlyList<WindowDay> Days, TimeOnly From, TimeOnly To)
{
    private const int DaysAhead = 8;

    public bool IsOpen(DateTime utc) => OpeningAround(utc) is not null;

    /// <summary>When it opens next; now, when it is open.</summary>
    public DateTime NextOpening(DateTime utc) =>
        OpeningAround(utc) is not null
            ? utc
            : Enumerable.Range(0, DaysAhead).Select(ahead => utc.Date.AddDays(ahead)).Where(IsDay).Select(day => day + From.ToTimeSpan()).First(opening => opening > utc);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{string.Join(", ", Days.Select(d => d.ToString().ToLowerInvariant()))} {From:HH\\:mm} to {To:HH\\:mm} UTC");

    private DateTime? OpeningAround(DateTime utc)
    {
        foreach (var day in new[] { utc.Date, utc.Date.AddDays(-1) })
        {
            var opening = day + From.ToTimeSpan();
            var closing = day + To.ToTimeSpan() + (To <= From ? TimeSpan.FromDays(1) : TimeSpan.Zero);
            if (IsDay(day) && utc >= opening && utc < closing)
            {
                return opening;
            }
        }

        return null;
    }

    private bool IsDay(DateTime day) => Days.Contains((WindowDay)(int)day.DayOfWeek);
}

/// <summary>In the order of <see cref="DayOfWeek"/>, spelled as plans spell it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<WindowDay>))]
public enum WindowDay
{
    Sun,
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
}
