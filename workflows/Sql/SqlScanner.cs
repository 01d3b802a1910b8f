using System.Buffers;

namespace Orchestrator.Workflows.Sql;

/// <summary>
/// Cuts SQL into tokens by PostgreSQL's lexical rules (its scan.l, with standard_conforming_strings on), so that nothing is fooled by a
/// semicolon or a keyword inside a string, a comment or a dollar quote. The tokens cover the whole text. What is left open
/// runs to the end and is named in <see cref="Fault"/>.
/// </summary>
internal sealed class SqlScanner(string sql)
{
    // An operator may end in + or - only if it has one of these in it: 1=-1 compares with minus one.
    private static readonly SearchValues<char> AllowTrailingSign = SearchValues.Create("~!@#^&|`?%");

    private readonly CopyRowsFinder _copy = new(sql);
    private int _at;

    public SqlFault? Fault { get; private set; }

    public static IReadOnlyList<SqlToken> Scan(string sql) => new SqlScanner(sql).ScanAll();

    public IReadOnlyList<SqlToken> ScanAll()
    {
        var tokens = new List<SqlToken>();
        while (_at < sql.Length)
        {
            var start = _at;
            var kind = Next();
            var token = new SqlToken(kind, start, _at - start);
            tokens.Add(token);
            _copy.See(token);
        }

        return tokens;
    }

    private SqlTokenKind Next()
    {
        if (_copy.RowsEnd(_at) is { } rowsEnd)
        {
            return MoveTo(rowsEnd, SqlTokenKind.CopyRows);
        }

        var c = sql[_at];
        return c switch
        {
            // Files that Windows editors write begin with a mark that is no SQL.
            '\uFEFF' when _at == 0 => MoveTo(1, SqlTokenKind.Blank),
            _ when SqlCharacters.IsBlank(c) => Blank(),
            '-' when Peek(1) == '-' => MoveTo(LineEnd(_at), SqlTokenKind.Comment),
            '/' when Peek(1) == '*' => BlockComment(),
            '\'' => Text(prefix: 0, backslashes: false),
            '"' => QuotedName(prefix: 0),
            '$' => Dollar(),
            '\\' => MoveTo(LineEnd(_at), SqlTokenKind.MetaCommand),
            _ when SqlCharacters.IsNameStart(c) => WordOrPrefixedText(c),
            _ when char.IsAsciiDigit(c) || (c == '.' && char.IsAsciiDigit(Peek(1))) => MoveTo(SqlNumber.End(sql, _at), SqlTokenKind.Number),
            _ when SqlCharacters.IsOperator(c) => MoveTo(OperatorEnd(), SqlTokenKind.Operator),
            ':' when Peek(1) is ':' or '=' => MoveTo(_at + 2, SqlTokenKind.Operator),
            '.' when Peek(1) == '.' => MoveTo(_at + 2, SqlTokenKind.Operator),
            _ => MoveTo(_at + 1, SqlTokenKind.Symbol),
        };
    }

    private SqlTokenKind Blank()
    {
        // Stops after each line end: the rows of a copy begin at the start of a line.
        while (_at < sql.Length && SqlCharacters.IsBlank(sql[_at]))
        {
            if (sql[_at++] == '\n')
            {
                break;
            }
        }

        return SqlTokenKind.Blank;
    }

    // e'..' reads backslashes; b, x, n and u& texts do not, and u&"name" is a name.
    private SqlTokenKind WordOrPrefixedText(char c)
    {
        if (c is 'e' or 'E' or 'b' or 'B' or 'x' or 'X' or 'n' or 'N' && Peek(1) == '\'')
        {
            return Text(prefix: 1, backslashes: c is 'e' or 'E');
        }

        if (c is 'u' or 'U' && Peek(1) == '&' && Peek(2) is '\'' or '"')
        {
            return Peek(2) == '"' ? QuotedName(prefix: 2) : Text(prefix: 2, backslashes: false);
        }

        var end = _at + 1;
        while (end < sql.Length && SqlCharacters.IsNamePart(sql[end]))
        {
            end++;
        }

        return MoveTo(end, SqlTokenKind.Word);
    }

    private SqlTokenKind Text(int prefix, bool backslashes)
    {
        var opened = _at;
        _at += prefix;
        do
        {
            if (!SkipQuoted('\'', backslashes))
            {
                return LeftOpen(opened, "A string", SqlTokenKind.Text);
            }
        }
        while (SkipToContinuation());

        return SqlTokenKind.Text;
    }

    private SqlTokenKind QuotedName(int prefix)
    {
        var opened = _at;
        _at += prefix;
        return SkipQuoted('"', backslashes: false) ? SqlTokenKind.QuotedName : LeftOpen(opened, "A quoted name", SqlTokenKind.QuotedName);
    }

    private bool SkipQuoted(char quote, bool backslashes)
    {
        _at++;
        while (_at < sql.Length)
        {
            var c = sql[_at];
            if (backslashes && c == '\\')
            {
                _at += 2;
            }
            else if (c != quote)
            {
                _at++;
            }
            else if (Peek(1) == quote)
            {
                _at += 2;
            }
            else
            {
                _at++;
                return true;
            }
        }

        return false;
    }

    // Two strings with a line end between them are one string, and the second keeps the escapes of the first.
    private bool SkipToContinuation()
    {
        var next = _at;
        var sawLineEnd = false;
        while (next < sql.Length)
        {
            if (SqlCharacters.IsBlank(sql[next]))
            {
                sawLineEnd |= SqlCharacters.IsLineEnd(sql[next]);
                next++;
            }
            else if (sql[next] == '-' && next + 1 < sql.Length && sql[next + 1] == '-')
            {
                next = LineEnd(next);
            }
            else
            {
                break;
            }
        }

        if (!sawLineEnd || next >= sql.Length || sql[next] != '\'')
        {
            return false;
        }

        _at = next;
        return true;
    }

    private SqlTokenKind Dollar()
    {
        var opened = _at;
        var end = _at + 1;
        if (end < sql.Length && char.IsAsciiDigit(sql[end]))
        {
            while (end < sql.Length && char.IsAsciiDigit(sql[end]))
            {
                end++;
            }

            return MoveTo(end, SqlTokenKind.Parameter);
        }

        while (end < sql.Length && SqlCharacters.IsTagPart(sql[end]))
        {
            end++;
        }

        if (end >= sql.Length || sql[end] != '$')
        {
            return MoveTo(_at + 1, SqlTokenKind.Symbol);
        }

        var tag = sql.AsSpan(_at, end + 1 - _at);
        var close = sql.AsSpan(end + 1).IndexOf(tag, StringComparison.Ordinal);
        return close < 0
            ? LeftOpen(opened, $"A dollar quote ({tag})", SqlTokenKind.Text)
            : MoveTo(end + 1 + close + tag.Length, SqlTokenKind.Text);
    }

    // Block comments nest in PostgreSQL, unlike in the standard.
    private SqlTokenKind BlockComment()
    {
        var opened = _at;
        var depth = 0;
        while (_at < sql.Length)
        {
            var step = (sql[_at], Peek(1)) switch
            {
                ('/', '*') => 1,
                ('*', '/') => -1,
                _ => 0,
            };
            depth += step;
            _at += step == 0 ? 1 : 2;
            if (depth == 0)
            {
                return SqlTokenKind.Comment;
            }
        }

        return LeftOpen(opened, "A comment", SqlTokenKind.Comment);
    }

    private int OperatorEnd()
    {
        var end = _at;
        while (end < sql.Length && SqlCharacters.IsOperator(sql[end]) && !IsCommentStart(end))
        {
            end++;
        }

        while (end - _at > 1 && sql[end - 1] is '+' or '-' && !sql.AsSpan(_at, end - _at).ContainsAny(AllowTrailingSign))
        {
            end--;
        }

        return end;
    }

    private bool IsCommentStart(int at) =>
        at + 1 < sql.Length && (sql[at], sql[at + 1]) is ('-', '-') or ('/', '*');

    private int LineEnd(int from)
    {
        var found = sql.AsSpan(from).IndexOfAny('\n', '\r');
        return found < 0 ? sql.Length : from + found;
    }

    private SqlTokenKind LeftOpen(int opened, string what, SqlTokenKind kind)
    {
        Fault = new SqlFault(opened, what);
        return MoveTo(sql.Length, kind);
    }

    private SqlTokenKind MoveTo(int end, SqlTokenKind kind)
    {
        _at = end;
        return kind;
    }

    private char Peek(int ahead) => _at + ahead < sql.Length ? sql[_at + ahead] : '\0';
}
