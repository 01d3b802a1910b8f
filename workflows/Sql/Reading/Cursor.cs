using System.Collections.Immutable;
using Orchestrator.Workflows.Sql.Syntax;

namespace Orchestrator.Workflows.Sql.Reading;

/// <summary>Walks the code tokens of a statement or of a part of one. Past the end it answers with empty words.</summary>
internal sealed class Cursor(SqlSource source, ImmutableArray<SqlToken> tokens, int depth = 0)
{
    private int _at;

    public SqlSource Source => source;

    /// <summary>How many parentheses lead here.</summary>
    public int Depth => depth;

    public bool AtEnd => _at >= tokens.Length;

    public ImmutableArray<SqlToken> Rest => AtEnd ? [] : tokens[_at..];

    public SqlToken? Current => AtEnd ? null : tokens[_at];

    /// <summary>The word or symbol ahead; words folded, names and strings with their quotes, so that a quoted name is never a keyword.</summary>
    public string Peek(int ahead = 0)
    {
        if (_at + ahead >= tokens.Length)
        {
            return "";
        }

        var token = tokens[_at + ahead];
        var text = source.TextOf(token);
        return token.Kind == SqlTokenKind.Word ? SqlCharacters.Fold(text) : text.ToString();
    }

    public bool Is(params ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (!Matches(_at + i, words[i]))
            {
                return false;
            }
        }

        return true;
    }

    public bool IsOneOf(params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (Matches(_at, word))
            {
                return true;
            }
        }

        return false;
    }

    public bool Take(params ReadOnlySpan<string> words)
    {
        if (!Is(words))
        {
            return false;
        }

        _at += words.Length;
        return true;
    }

    public void Skip() => _at = Math.Min(_at + 1, tokens.Length);

    public string TakeWord()
    {
        var word = Peek();
        Skip();
        return word;
    }

    /// <summary>One name without a schema.</summary>
    public string? TakePart()
    {
        if (AtEnd || SqlName.PartOf(tokens[_at].Kind, source.TextOf(tokens[_at])) is not { } part)
        {
            return null;
        }

        _at++;
        return part;
    }

    /// <summary>A name with or without schema; of a longer one the last two parts.</summary>
    public SqlName? TakeName()
    {
        if (TakePart() is not { } name)
        {
            return null;
        }

        string? schema = null;
        while (Peek() == "." && _at + 1 < tokens.Length && SqlName.PartOf(tokens[_at + 1].Kind, source.TextOf(tokens[_at + 1])) is { } next)
        {
            (schema, name) = (name, next);
            _at += 2;
        }

        return new SqlName(schema, name);
    }

    /// <summary>A table's name with the <c>only</c> and <c>*</c> that may stand around it.</summary>
    public SqlName? TakeTable()
    {
        Take("only");
        var open = Take("(");
        var name = TakeName();
        Take("*");
        if (open)
        {
            Take(")");
        }

        return name;
    }

    public ImmutableArray<SqlName> TakeNames()
    {
        var names = ImmutableArray.CreateBuilder<SqlName>();
        do
        {
            if (TakeTable() is { } name)
            {
                names.Add(name);
            }

            SkipParentheses();
        }
        while (Take(","));

        return names.ToImmutable();
    }

    /// <summary>The content of a string, if one is next.</summary>
    public string? TakeText()
    {
        if (AtEnd || tokens[_at].Kind != SqlTokenKind.Text)
        {
            return null;
        }

        return TextLiteral.Content(source.TextOf(tokens[_at++]));
    }

    /// <summary>What stands between the parentheses that are next; null if none are.</summary>
    public Cursor? TakeParentheses()
    {
        if (Peek() != "(")
        {
            return null;
        }

        var start = _at + 1;
        SkipNested();
        var end = _at > start && source.TextOf(tokens[_at - 1]) is ")" ? _at - 1 : _at;
        return new Cursor(source, tokens[start..Math.Max(start, end)], depth + 1);
    }

    public void SkipParentheses()
    {
        if (Peek() == "(")
        {
            SkipNested();
        }
    }

    /// <summary>Steps over one token, or over everything in parentheses or brackets if it opens some.</summary>
    public void SkipNested()
    {
        var depth = 0;
        do
        {
            depth += Current is { Kind: SqlTokenKind.Symbol } symbol ? Nesting(source.Text[symbol.Start]) : 0;
            Skip();
        }
        while (depth > 0 && !AtEnd);
    }

    /// <summary>At least one token, then up to one of these words outside of parentheses.</summary>
    public Expression TakeExpression(params ReadOnlySpan<string> until)
    {
        var start = _at;
        while (!AtEnd && (_at == start || !IsOneOf(until)))
        {
            SkipNested();
        }

        return new Expression(source, tokens[start.._at]);
    }

    /// <summary>Moves to the next of these words outside of parentheses; false, at the end, if there is none.</summary>
    public bool SkipTo(params ReadOnlySpan<string> words)
    {
        while (!AtEnd && !IsOneOf(words))
        {
            SkipNested();
        }

        return !AtEnd;
    }

    /// <summary>Whether the word stands ahead, in parentheses or not.</summary>
    public bool HasAhead(string word)
    {
        for (var ahead = 0; _at + ahead < tokens.Length; ahead++)
        {
            if (Matches(_at + ahead, word))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Cuts what is left at its commas outside of parentheses.</summary>
    public IEnumerable<Cursor> Split()
    {
        while (!AtEnd)
        {
            var start = _at;
            SkipTo(",");
            yield return new Cursor(source, tokens[start.._at]);
            Skip();
        }
    }

    /// <summary>The text from here to the end.</summary>
    public string RestText => AtEnd ? "" : source.Text[tokens[_at].Start..tokens[^1].End];

    // A quoted name or a string is never a keyword, whatever it says.
    private bool Matches(int index, string word) =>
        index < tokens.Length
        && (tokens[index].Kind == SqlTokenKind.Word
            ? SqlCharacters.IsKeyword(source.TextOf(tokens[index]), word)
            : source.TextOf(tokens[index]).SequenceEqual(word));

    private static int Nesting(char symbol) => symbol switch
    {
        '(' or '[' => 1,
        ')' or ']' => -1,
        _ => 0,
    };
}
