using System.Collections.Immutable;
using System.Text;

namespace Orchestrator.Workflows.Sql;

/// <summary>One text of SQL with its tokens and statements. The segments, joined, are the text again.</summary>
public sealed class SqlSource
{
    private SqlSource(string text, IReadOnlyList<SqlToken> tokens, SqlFault? fault)
    {
        Text = text;
        Tokens = tokens;
        Fault = fault;
        Segments = SqlSplitter.Split(this);
        Statements = [.. Segments.Where(segment => !segment.IsEmpty)];
    }

    public string Text { get; }

    /// <summary>What is never closed; the statement that holds it runs to the end of the text.</summary>
    public SqlFault? Fault { get; }

    public ImmutableArray<SqlStatement> Statements { get; }

    internal ImmutableArray<SqlStatement> Segments { get; }

    internal IReadOnlyList<SqlToken> Tokens { get; }

    public static SqlSource Read(string text)
    {
        var scanner = new SqlScanner(text);
        var tokens = scanner.ScanAll();
        return new SqlSource(text, tokens, scanner.Fault);
    }

    public SqlPosition PositionOf(int offset)
    {
        var lineStart = 0;
        var line = 1;
        for (var i = 0; i < offset; i++)
        {
            if (Text[i] == '\n' || (Text[i] == '\r' && (i + 1 >= Text.Length || Text[i + 1] != '\n')))
            {
                lineStart = i + 1;
                line++;
            }
        }

        var before = Text.AsSpan(0, offset);
        var column = 1;
        foreach (var _ in before[lineStart..].EnumerateRunes())
        {
            column++;
        }

        return new SqlPosition(offset, Encoding.UTF8.GetByteCount(before), line, column);
    }

    internal ReadOnlySpan<char> TextOf(SqlToken token) => Text.AsSpan(token.Start, token.Length);
}
