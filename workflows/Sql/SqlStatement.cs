using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql;

/// <summary>One statement: from its first word to before its semicolon, with what stands above it.</summary>
public sealed class SqlStatement
{
    private readonly Lazy<ImmutableArray<string>> _code;

    internal SqlStatement(SqlSource source, ArraySegment<SqlToken> all, int fullStart, int fullEnd)
    {
        Source = source;
        FullStart = fullStart;
        FullEnd = fullEnd;
        All = all;
        Tokens = [.. (EndsWithSemicolon(source, all) ? all[..^1] : all).Where(token => token.IsCode)];
        _code = new(() => [.. Tokens.Select(token => Word(token))]);
    }

    public SqlSource Source { get; }

    public string Text => IsEmpty ? "" : Source.Text[Start..End];

    /// <summary>The words and symbols, words lower-cased, quoted names and strings as they are written.</summary>
    public IReadOnlyList<string> Code => _code.Value;

    public int Start => IsEmpty ? FullStart : Tokens[0].Start;

    public int End => IsEmpty ? FullStart : Tokens[^1].End;

    public SqlPosition Position => Source.PositionOf(Start);

    internal int FullStart { get; }

    internal int FullEnd { get; }

    internal bool IsEmpty => Tokens.IsEmpty;

    /// <summary>Every token, the comments above and the semicolon too.</summary>
    internal ArraySegment<SqlToken> All { get; }

    internal ImmutableArray<SqlToken> Tokens { get; }

    public bool StartsWith(params ReadOnlySpan<string> words)
    {
        if (Code.Count < words.Length)
        {
            return false;
        }

        for (var i = 0; i < words.Length; i++)
        {
            if (Code[i] != words[i])
            {
                return false;
            }
        }

        return true;
    }

    public bool Has(string word) => Code.Contains(word);

    public override string ToString() => Text;

    private string Word(SqlToken token) => token.Kind == SqlTokenKind.Word
        ? SqlCharacters.Fold(Source.TextOf(token))
        : Source.TextOf(token).ToString();

    private static bool EndsWithSemicolon(SqlSource source, ArraySegment<SqlToken> all) =>
        all[^1].Kind == SqlTokenKind.Symbol && source.TextOf(all[^1]) is ";";
}
