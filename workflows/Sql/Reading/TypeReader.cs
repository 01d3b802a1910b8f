using System.Collections.Immutable;
using System.Globalization;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

internal static class TypeReader
{
    public static SqlType? Read(Cursor cursor)
    {
        cursor.Take("setof");
        if (Name(cursor) is not { } name)
        {
            return null;
        }

        var modifiers = Modifiers(cursor);
        if (name is "time" or "timestamp")
        {
            name += Zone(cursor);
        }

        // Without a length, char is char(1).
        if (SqlType.Canonical(name) == "char" && modifiers.IsEmpty && name != "bpchar")
        {
            modifiers = [1];
        }

        return new SqlType(SqlType.Canonical(name), modifiers, Array(cursor));
    }

    private static string? Name(Cursor cursor)
    {
        foreach (var words in (ReadOnlySpan<string[]>)
            [["double", "precision"], ["character", "varying"], ["char", "varying"], ["national", "character", "varying"], ["national", "char", "varying"],
             ["nchar", "varying"], ["national", "character"], ["national", "char"], ["bit", "varying"]])
        {
            if (cursor.Take(words))
            {
                return string.Join(' ', words);
            }
        }

        // The quoted one is the one-byte type of the catalogs, not character.
        if (cursor.Take("\"char\""))
        {
            return "\"char\"";
        }

        if (cursor.TakeName() is not { } name)
        {
            return null;
        }

        if (name is { Schema: null, Name: "interval" })
        {
            Fields(cursor);
        }

        return name.Schema is null or "pg_catalog" ? name.Name : $"{name.Schema}.{name.Name}";
    }

    private static void Fields(Cursor cursor)
    {
        while (cursor.IsOneOf("year", "month", "day", "hour", "minute", "second", "to"))
        {
            cursor.Skip();
        }
    }

    private static ImmutableArray<int> Modifiers(Cursor cursor) =>
        cursor.TakeParentheses() is { } inside
            ? [.. inside.Split().Select(modifier => int.TryParse(modifier.RestText, CultureInfo.InvariantCulture, out var number) ? number : -1)]
            : [];

    private static string Zone(Cursor cursor)
    {
        foreach (var zone in (ReadOnlySpan<string>)["with", "without"])
        {
            if (cursor.Take(zone, "time", "zone"))
            {
                return $" {zone} time zone";
            }
        }

        return "";
    }

    private static bool Array(Cursor cursor)
    {
        var isArray = cursor.Take("array");
        while (cursor.Is("["))
        {
            cursor.SkipNested();
            isArray = true;
        }

        return isArray;
    }
}
