using System.Globalization;
using Range = Temporalio.Api.Schedule.V1.Range;

namespace TemporalDev.Server.Schedules;

/// <summary>One field of a calendar: its bounds, what it means when left out, and the names that stand for numbers.</summary>
internal sealed record CalendarField(string Name, int Low, int High)
{
    private const int Saturday = 6;
    private const int SundayAgain = 7;

    public static readonly CalendarField Second = new("Second", 0, 59) { Default = "0" };
    public static readonly CalendarField Minute = new("Minute", 0, 59) { Default = "0" };
    public static readonly CalendarField Hour = new("Hour", 0, 23) { Default = "0" };
    public static readonly CalendarField DayOfMonth = new("DayOfMonth", 1, 31);
    public static readonly CalendarField Month = new("Month", 1, 12)
    {
        Names = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"],
        ShortestName = 3,
    };

    public static readonly CalendarField Year = new("Year", 2000, 2100);
    public static readonly CalendarField DayOfWeek = new("DayOfWeek", 0, Saturday)
    {
        Names = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"],
        ShortestName = 2,
    };

    public string Default { get; private init; } = "*";

    public IReadOnlyList<string> Names { get; private init; } = [];

    public int ShortestName { get; private init; }

    /// <summary>In texts 7 is a Sunday too; in ranges it is not.</summary>
    private int HighInText => this == DayOfWeek ? SundayAgain : High;

    /// <summary>Reads "1-5/2,8,tue" and the like; what is wrong is added to the problems.</summary>
    public IReadOnlyList<Range> Parse(string text, List<string> problems)
    {
        var trimmed = text.Trim();
        var found = new List<Range>();
        foreach (var part in (trimmed.Length > 0 ? trimmed : Default).Split(','))
        {
            if (Problem(part, out var range) is { } problem)
            {
                problems.Add(problem);
                return [];
            }

            found.AddRange(Fold(range));
        }

        return found;
    }

    public void Check(IEnumerable<Range> ranges, List<string> problems)
    {
        foreach (var range in ranges)
        {
            if (range.Start < Low || range.Start > High)
            {
                problems.Add($"{Name} Start is not in range [{Low}-{High}]");
            }

            if (range.End != 0 && (range.End < range.Start || range.End > High))
            {
                problems.Add($"{Name} End is before Start or not in range [{Low}-{High}]");
            }

            if (range.Step < 0)
            {
                problems.Add($"{Name} has invalid Step");
            }
        }
    }

    private string? Problem(string part, out Range range)
    {
        range = new Range { Start = Low, End = HighInText, Step = 1 };
        var (span, step) = Cut(part, '/');
        if (step is not null && StepProblem(step, range) is { } wrong)
        {
            return wrong;
        }

        if (span == "*")
        {
            range.End = High;
            return null;
        }

        var (first, last) = Cut(span, '-');
        if (last?.Contains('-', StringComparison.Ordinal) == true)
        {
            return $"{Name} has too many dashes";
        }

        if (Value(first) is not { } start || start < Low || start > HighInText)
        {
            return $"{Name} is not in range [{Low}-{HighInText}]";
        }

        range.Start = start;
        if (last is null)
        {
            // With a step, a single number begins a range that ends where the field does.
            range.End = step is null ? start : HighInText;
            return null;
        }

        range.End = Value(last) ?? -1;
        return range.End < start || range.End > HighInText
            ? $"{Name} End is before Start or not in range [{Low}-{HighInText}]"
            : null;
    }

    private string? StepProblem(string text, Range range)
    {
        if (text.Contains('/', StringComparison.Ordinal))
        {
            return $"{Name} has too many slashes";
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var step) || step < 1)
        {
            return $"{Name} has invalid Step";
        }

        range.Step = step;
        return null;
    }

    private int? Value(string text)
    {
        var named = text.Length >= ShortestName
            ? Names.TakeWhile(name => !name.StartsWith(text, StringComparison.OrdinalIgnoreCase)).Count()
            : Names.Count;
        if (named < Names.Count)
        {
            return named + Low;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    /// <summary>A seventh day becomes a Sunday in front, unless the range begins with one.</summary>
    private IEnumerable<Range> Fold(Range range)
    {
        if (range.End != SundayAgain || this != DayOfWeek)
        {
            return [range];
        }

        var sunday = new Range { Step = 1 };
        if (range.Start == SundayAgain)
        {
            return [sunday];
        }

        var holdsSunday = range.Start != Low && (SundayAgain - range.Start) % range.Step == 0;
        range.End = Saturday;
        return holdsSunday ? [sunday, range] : [range];
    }

    private static (string First, string? Behind) Cut(string text, char at) =>
        text.IndexOf(at, StringComparison.Ordinal) is >= 0 and var found ? (text[..found], text[(found + 1)..]) : (text, null);
}
