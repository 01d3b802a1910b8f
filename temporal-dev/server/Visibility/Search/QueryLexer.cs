using System.Text;

namespace TemporalDev.Server.Visibility.Search;

internal enum TokenKind
{
    Name,
    QuotedName,
    Text,
    Number,
    Symbol,
    End,
}

/// <summary>The position counts characters from 1.</summary>
internal sealed record Token(TokenKind Kind, string Text, int Position)
{
    public bool Is(string word) => Kind is TokenKind.Name or TokenKind.Symbol && string.Equals(Text, word, StringComparison.OrdinalIgnoreCase);
}

/// <summary>The words of a query.</summary>
internal static class QueryLexer
{
    // The longer ones first: "<=" is not "<" and "=".
    private static readonly string[] Symbols = ["<=", ">=", "!=", "<>", "=", "<", ">", "(", ")", ",", "-", "+"];

    public static List<Token> Read(string query)
    {
        var tokens = new List<Token>();
        var at = 0;
        while (at < query.Length)
        {
            if (char.IsWhiteSpace(query[at]))
            {
                at++;
                continue;
            }

            tokens.Add(Next(query, at, out at));
        }

        tokens.Add(new Token(TokenKind.End, "the end", query.Length + 1));
        return tokens;
    }

    private static Token Next(string query, int start, out int end)
    {
        var first = query[start];
        if (first is '\'' or '"' or '`')
        {
            return Quoted(query, start, out end);
        }

        if (char.IsAsciiLetter(first) || first == '_')
        {
            end = After(query, start, static letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
            return new Token(TokenKind.Name, query[start..end], start + 1);
        }

        if (char.IsAsciiDigit(first) || (first == '.' && start + 1 < query.Length && char.IsAsciiDigit(query[start + 1])))
        {
            return Number(query, start, out end);
        }

        var symbol = Array.Find(Symbols, each => string.CompareOrdinal(query, start, each, 0, each.Length) == 0)
            ?? throw new InvalidQueryException($"malformed query: unexpected '{first}' at position {start + 1}");
        end = start + symbol.Length;
        return new Token(TokenKind.Symbol, symbol, start + 1);
    }

    private static Token Number(string query, int start, out int end)
    {
        end = After(query, start, static digit => char.IsAsciiDigit(digit) || digit == '.');
        if (end < query.Length && query[end] is 'e' or 'E')
        {
            var exponent = end + 1 < query.Length && query[end + 1] is '+' or '-' ? end + 2 : end + 1;
            end = After(query, exponent, char.IsAsciiDigit);
        }

        return new Token(TokenKind.Number, query[start..end], start + 1);
    }

    /// <summary>A quote within is doubled or comes after a backslash.</summary>
    private static Token Quoted(string query, int start, out int end)
    {
        var quote = query[start];
        var text = new StringBuilder();
        for (var at = start + 1; at < query.Length; at++)
        {
            if (query[at] == '\\' && quote != '`' && at + 1 < query.Length)
            {
                text.Append(Unescaped(query[++at]));
            }
            else if (query[at] != quote)
            {
                text.Append(query[at]);
            }
            else if (at + 1 < query.Length && query[at + 1] == quote)
            {
                text.Append(query[++at]);
            }
            else
            {
                end = at + 1;
                return new Token(quote == '`' ? TokenKind.QuotedName : TokenKind.Text, text.ToString(), start + 1);
            }
        }

        throw new InvalidQueryException($"malformed query: the quote at position {start + 1} is never closed");
    }

    private static char Unescaped(char letter) => letter switch
    {
        'n' => '\n',
        't' => '\t',
        'r' => '\r',
        _ => letter,
    };

    private static int After(string query, int start, Func<char, bool> belongs)
    {
        var end = start;
        while (end < query.Length && belongs(query[end]))
        {
            end++;
        }

        return end;
    }
}
