using System.Collections.Immutable;

namespace Orchestrator.Workflows.Sql;

/// <summary>
/// Ends a statement at each semicolon that stands outside of parentheses (the commands of a rule) and outside of a body that
/// begins with <c>begin atomic</c>, as psql does. A command of psql is a statement of its own.
/// </summary>
internal sealed class SqlSplitter
{
    private readonly SqlSource _source;
    private readonly ImmutableArray<SqlStatement>.Builder _segments = ImmutableArray.CreateBuilder<SqlStatement>();
    private readonly SqlToken[] _tokens;
    private int _first;
    private int _parentheses;
    private int _atomic;
    private bool _hasCode;
    private bool _creates;
    private bool _afterBegin;

    private SqlSplitter(SqlSource source)
    {
        _source = source;
        _tokens = [.. source.Tokens];
    }

    public static ImmutableArray<SqlStatement> Split(SqlSource source)
    {
        var splitter = new SqlSplitter(source);
        for (var i = 0; i < splitter._tokens.Length; i++)
        {
            splitter.See(i);
        }

        splitter.Close(splitter._tokens.Length);
        return splitter._segments.ToImmutable();
    }

    private void See(int index)
    {
        var token = _tokens[index];
        if (!token.IsCode)
        {
            return;
        }

        if (token.Kind == SqlTokenKind.MetaCommand)
        {
            if (_hasCode)
            {
                Close(index);
            }

            Close(index + 1);
            return;
        }

        var text = _source.TextOf(token);
        if (token.Kind == SqlTokenKind.Symbol)
        {
            _parentheses = text switch
            {
                "(" => _parentheses + 1,
                ")" => Math.Max(0, _parentheses - 1),
                _ => _parentheses,
            };
            if (text is ";" && _parentheses == 0 && _atomic == 0)
            {
                Close(index + 1);
                return;
            }
        }

        Follow(token.Kind == SqlTokenKind.Word ? text : "");
    }

    private void Follow(ReadOnlySpan<char> word)
    {
        _creates = _hasCode ? _creates : SqlCharacters.IsKeyword(word, "create");
        _hasCode = true;
        // The case expressions of such a body have ends of their own.
        if (_atomic > 0)
        {
            _atomic += SqlCharacters.IsKeyword(word, "case") ? 1 : SqlCharacters.IsKeyword(word, "end") ? -1 : 0;
        }
        else if (_creates && _afterBegin && SqlCharacters.IsKeyword(word, "atomic"))
        {
            _atomic = 1;
        }

        _afterBegin = SqlCharacters.IsKeyword(word, "begin");
    }

    private void Close(int end)
    {
        if (end > _first)
        {
            var tokens = new ArraySegment<SqlToken>(_tokens, _first, end - _first);
            _segments.Add(new SqlStatement(_source, tokens, tokens[0].Start, tokens[^1].End));
        }

        _first = end;
        _parentheses = _atomic = 0;
        _hasCode = _creates = _afterBegin = false;
    }
}
