using System.Collections.Immutable;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Lint.Reading;

/// <summary>A remark <c>-- lint: allow rule because reason</c>, and the statement that it stands directly above; null if it stands elsewhere.</summary>
internal sealed class AllowComment(SqlPosition at, string text, ImmutableArray<string> rules, string? reason, SqlStatement? above)
{
    public SqlPosition At => at;

    public string Text => text;

    public ImmutableArray<string> Rules => rules;

    public string? Reason => reason;

    public SqlStatement? Above => above;
}

internal static class AllowComments
{
    private const string Mark = "lint:";
    private const string Verb = "allow ";
    private const string Because = " because ";

    public static ImmutableArray<AllowComment> Read(FileText file)
    {
        var starts = file.Statements.ToDictionary(statement => statement.Segment, statement => statement.Start);
        return
        [
            .. file.Source.Segments.SelectMany(segment => Read(segment, starts, file.Source.PositionOf)),
            .. file.Statements
                .Where(statement => statement.Block is not null)
                .DistinctBy(statement => statement.Source)
                .SelectMany(inner => inner.Source.Segments.SelectMany(segment => Read(segment, starts, inner.Position))),
        ];
    }

    private static IEnumerable<AllowComment> Read(SqlStatement segment, Dictionary<SqlStatement, int> starts, Func<int, SqlPosition> position)
    {
        foreach (var token in segment.All)
        {
            if (token.Kind == SqlTokenKind.Comment && Content(segment.Source.TextOf(token)) is { } content)
            {
                var (rules, reason) = Parse(content);
                // In a block words of control may stand before the statement, and the remark between the two.
                var above = starts.TryGetValue(segment, out var start) && IsDirectlyAbove(segment.Source.Text, token, start);
                yield return new AllowComment(position(token.Start), content, rules, reason, above ? segment : null);
            }
        }
    }

    private static string? Content(ReadOnlySpan<char> comment)
    {
        var inner = comment.TrimStart('-').Trim();
        return comment is ['-', ..] && inner.StartsWith(Mark, StringComparison.OrdinalIgnoreCase) ? inner[Mark.Length..].Trim().ToString() : null;
    }

    private static (ImmutableArray<string> Rules, string? Reason) Parse(string content)
    {
        if (!content.StartsWith(Verb, StringComparison.OrdinalIgnoreCase))
        {
            return ([], null);
        }

        var because = content.IndexOf(Because, StringComparison.OrdinalIgnoreCase);
        var rules = because < 0 ? content[Verb.Length..] : content[Verb.Length..because];
        var reason = because < 0 ? "" : content[(because + Because.Length)..].Trim();
        return (
            [.. rules.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            reason.Any(char.IsLetterOrDigit) ? reason : null);
    }

    // On a line of its own, and no empty line between: a remark at the end of a line speaks of that line.
    private static bool IsDirectlyAbove(string text, SqlToken comment, int statement)
    {
        if (comment.End > statement)
        {
            return false;
        }

        var lineStart = comment.Start == 0 ? 0 : text.LastIndexOf('\n', comment.Start - 1) + 1;
        var between = text[comment.End..statement].ReplaceLineEndings("\n");
        return text.AsSpan(lineStart, comment.Start - lineStart).IsWhiteSpace()
            && !between.Split('\n')[1..].SkipLast(1).Any(string.IsNullOrWhiteSpace);
    }
}
