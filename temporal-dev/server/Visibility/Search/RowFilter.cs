using System.Text.Json;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Visibility.Search;

/// <summary>Whether something is what a query asks for, decided in memory with SQL's three values.</summary>
internal static class RowFilter
{
    public static bool Matches(Filter filter, IndexedRun run)
    {
        using var attributes = JsonDocument.Parse(run.Row.Attributes);
        return Matches(filter, field => RowValues.Of(field, run, attributes.RootElement));
    }

    public static bool Matches(Filter filter, Func<Field, object?> read) => Holds(filter, read) == true;

    private static bool? Holds(Filter filter, Func<Field, object?> read) => filter switch
    {
        All all => Every(all.Parts.Select(part => Holds(part, read))),
        AnyOf any => !Every(any.Parts.Select(part => !Holds(part, read))),
        Not not => !Holds(not.Inner, read),
        IsNull isNull => read(isNull.Field) is null,
        Compare compare => Compares(compare, read(compare.Field)),
        In @in => Contains(@in, read(@in.Field)),
        StartsWith starts => read(starts.Field) is string text ? text.StartsWith(starts.Prefix, StringComparison.Ordinal) : null,
        _ => throw new InvalidOperationException($"{filter} is no filter."),
    };

    private static bool? Every(IEnumerable<bool?> parts)
    {
        bool? all = true;
        foreach (var part in parts)
        {
            if (part == false)
            {
                return false;
            }

            all = part is null ? null : all;
        }

        return all;
    }

    private static bool? Compares(Compare compare, object? value)
    {
        if (value is null)
        {
            return null;
        }

        if (value is string[] list)
        {
            return list.Contains(compare.Value);
        }

        if (compare.Field.Type == IndexedValueType.Text)
        {
            return TextWords.Of((string)value).Intersect(TextWords.Of((string)compare.Value)).Any();
        }

        var order = Order(value, compare.Value);
        return compare.Operator switch
        {
            Comparison.Equal => order == 0,
            Comparison.Less => order < 0,
            Comparison.LessOrEqual => order <= 0,
            Comparison.Greater => order > 0,
            _ => order >= 0,
        };
    }

    private static bool? Contains(In @in, object? value) => value switch
    {
        null => null,
        string[] list => list.Any(item => @in.Values.Contains(item)),
        _ => @in.Values.Any(wanted => Order(value, wanted) == 0),
    };

    private static int Order(object one, object other) => (one, other) switch
    {
        (string first, string second) => string.CompareOrdinal(first, second),
        (long first, long second) => first.CompareTo(second),
        (long first, double second) => ((double)first).CompareTo(second),
        (double first, long second) => first.CompareTo(second),
        _ => ((IComparable)one).CompareTo(other),
    };
}
