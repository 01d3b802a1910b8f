using System.Globalization;
using System.Text;

namespace Temporalio.Common.EnvConfig;

/// <summary>Goes through TOML text token by token.</summary>
internal sealed class TomlReader(string text)
{
    private readonly string _text = text.Replace("\r\n", "\n", StringComparison.Ordinal);
    private int _at;

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    public InvalidOperationException Error(string problem) =>
        new($"The configuration file is not valid TOML: line {_text.AsSpan(0, Math.Min(_at, _text.Length)).Count('\n') + 1}: {problem}.");

    /// <returns>False at the end of the text.</returns>
    public bool SkipBlankLines()
    {
        do
        {
            SkipSpaces();
            SkipComment();
        }
        while (TryTake('\n'));
        return _at < _text.Length;
    }

    public void SkipSpaces()
    {
        while (Next is ' ' or '\t')
        {
            _at++;
        }
    }

    public bool TryTake(char expected)
    {
        if (_at >= _text.Length || _text[_at] != expected)
        {
            return false;
        }

        _at++;
        return true;
    }

    public void Expect(char expected)
    {
        SkipSpaces();
        if (!TryTake(expected))
        {
            throw Error($"'{expected}' expected");
        }
    }

    public void ExpectEndOfLine()
    {
        SkipSpaces();
        SkipComment();
        if (_at < _text.Length && !TryTake('\n'))
        {
            throw Error($"'{Next}' where the line should end");
        }
    }

    /// <summary>A key, in its parts.</summary>
    public string[] Key()
    {
        var parts = new List<string>();
        do
        {
            SkipSpaces();
            var part = Next is '"' or '\'' ? TryString()! : Word();
            parts.Add(part);
            SkipSpaces();
        }
        while (TryTake('.'));
        return [.. parts];
    }

    /// <summary>Letters, digits, dashes, underscores, and the signs of numbers.</summary>
    public string Word()
    {
        var start = _at;
        while (char.IsAsciiLetterOrDigit(Next) || Next is '-' or '_' or '+')
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Error("a key or a value expected");
    }

    /// <returns>Null when no string begins here.</returns>
    public string? TryString()
    {
        foreach (var quotes in (ReadOnlySpan<string>)["\"\"\"", "'''", "\"", "'"])
        {
            if (string.CompareOrdinal(_text, _at, quotes, 0, quotes.Length) == 0)
            {
                _at += quotes.Length;
                return StringUntil(quotes);
            }
        }

        return null;
    }

    private string StringUntil(string quotes)
    {
        var manyLines = quotes.Length == 3;
        if (manyLines)
        {
            TryTake('\n');
        }

        var result = new StringBuilder();
        while (string.CompareOrdinal(_text, _at, quotes, 0, quotes.Length) != 0)
        {
            if (_at >= _text.Length || (Next == '\n' && !manyLines))
            {
                throw Error("a string has no end");
            }

            var next = _text[_at++];
            if (next == '\\' && quotes[0] == '"')
            {
                Escape(result, manyLines);
            }
            else
            {
                result.Append(next);
            }
        }

        _at += quotes.Length;
        return result.ToString();
    }

    private void Escape(StringBuilder result, bool manyLines)
    {
        var kind = Next;
        _at++;
        switch (kind)
        {
            case 'b': result.Append('\b'); break;
            case 't': result.Append('\t'); break;
            case 'n': result.Append('\n'); break;
            case 'f': result.Append('\f'); break;
            case 'r': result.Append('\r'); break;
            case '"' or '\\': result.Append(kind); break;
            case 'u': AppendCodePoint(result, digits: 4); break;
            case 'U': AppendCodePoint(result, digits: 8); break;
            case '\n' when manyLines: SkipWhiteSpace(); break;
            default: throw Error($"'\\{kind}' is no escape");
        }
    }

    private void AppendCodePoint(StringBuilder result, int digits)
    {
        if (_at + digits > _text.Length
            || !int.TryParse(_text.AsSpan(_at, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            || !Rune.IsValid(code))
        {
            throw Error("a code point expected");
        }

        _at += digits;
        result.Append(new Rune(code));
    }

    private void SkipComment()
    {
        if (Next == '#')
        {
            while (_at < _text.Length && Next != '\n')
            {
                _at++;
            }
        }
    }

    private void SkipWhiteSpace()
    {
        while (Next is ' ' or '\t' or '\n')
        {
            _at++;
        }
    }
}
