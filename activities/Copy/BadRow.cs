using System.Text.RegularExpressions;
using Npgsql;

namespace Orchestrator.Activities.Copy;

/// <summary>Finds the row for which a COPY was refused: by halving, which costs about as much as the range itself.</summary>
internal static partial class BadRow
{
    /// <param name="passes">Whether the rows of a range go through.</param>
    /// <param name="middle">How many rows a range has, and the key that halves it.</param>
    /// <returns>Null where every row goes through by itself: then it is how they meet, or it was the moment.</returns>
    public static async Task<string[]?> FindAsync(
        string[]? after, string[]? last, Func<string[]?, string[]?, Task<bool>> passes, Func<string[]?, string[]?, Task<(long Rows, string[]? Key)>> middle)
    {
        while (true)
        {
            var (rows, key) = await middle(after, last);
            if (key is null)
            {
                return null;
            }

            var isGood = await passes(after, key);
            if (rows <= 1)
            {
                return isGood ? null : key;
            }

            (after, last) = isGood ? (key, last) : (after, key);
        }
    }

    /// <summary>Where PostgreSQL saw it, for want of a key. What follows in its words quotes the row, and stays out.</summary>
    public static string PlaceIn(PostgresException error) =>
        error.Where is { } where && LineAndColumn().Match(where) is { Success: true } place
            ? $", row {place.Groups["line"].Value} of those sent{(place.Groups["column"].Success ? $", column {place.Groups["column"].Value}" : "")}"
            : "";

    [GeneratedRegex(@"line (?<line>\d+)(?:, column (?<column>\w+))?")]
    private static partial Regex LineAndColumn();
}
