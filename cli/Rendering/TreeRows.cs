namespace Orchestrator.Cli.Rendering;

/// <summary>Lines of a tree as the rows of a screen: long ones are folded below themselves, and what does not fit is left out in the middle.</summary>
internal static class TreeRows
{
    private const int MostRowsOfALine = 4;
    private const int FoldedFurther = 4;
    private const int NarrowestRow = 16;

    public static IReadOnlyList<string> Fit(IReadOnlyList<string> lines, int width, int height)
    {
        var rows = lines.SelectMany(line => Fold(line, width)).ToList();
        if (rows.Count <= height)
        {
            return rows;
        }

        // The first row says what this is, the last ones what is going on now.
        var last = height - 2;
        return [rows[0], $"  ... {rows.Count - last - 1} more rows", .. rows.TakeLast(last)];
    }

    public static IEnumerable<string> Fold(string line, int width)
    {
        var indent = Math.Min(line.Length - line.TrimStart().Length + FoldedFurther, Math.Max(0, width - NarrowestRow));
        var row = line;
        for (var number = 1; row.Length > width && number < MostRowsOfALine; number++)
        {
            // Not within the spaces at its beginning, and a word that is longer than a row is cut.
            var gap = row.LastIndexOf(' ', width);
            var end = gap > indent ? gap : width;
            yield return row[..end];
            row = new string(' ', indent) + row[end..].TrimStart();
        }

        yield return row.Length > width ? $"{row[..(width - 3)]}..." : row;
    }
}
