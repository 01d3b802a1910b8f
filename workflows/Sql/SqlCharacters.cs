namespace Orchestrator.Workflows.Sql;

/// <summary>PostgreSQL's own character classes (its scan.l), which are not those of Unicode or of .NET.</summary>
internal static class SqlCharacters
{
    public static bool IsBlank(char c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    public static bool IsLineEnd(char c) => c is '\n' or '\r';

    // The server looks at bytes: whatever is not ASCII is a letter to it, a no-break space too.
    public static bool IsNameStart(char c) => c == '_' || char.IsAsciiLetter(c) || c >= 0x80;

    public static bool IsNamePart(char c) => IsNameStart(c) || char.IsAsciiDigit(c) || c == '$';

    public static bool IsTagPart(char c) => IsNameStart(c) || char.IsAsciiDigit(c);

    public static bool IsOperator(char c) => "~!@#^&|`?+-*/%<>=".Contains(c);

    /// <summary>Whether it is this keyword, which is given in lower case.</summary>
    public static bool IsKeyword(ReadOnlySpan<char> text, string keyword)
    {
        if (text.Length != keyword.Length)
        {
            return false;
        }

        for (var i = 0; i < text.Length; i++)
        {
            if ((text[i] is >= 'A' and <= 'Z' ? (char)(text[i] | 0x20) : text[i]) != keyword[i])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Names fold by ASCII only, as in a UTF-8 database.</summary>
    public static string Fold(ReadOnlySpan<char> name) =>
        string.Create(name.Length, name, static (folded, original) =>
        {
            for (var i = 0; i < original.Length; i++)
            {
                folded[i] = original[i] is >= 'A' and <= 'Z' ? (char)(original[i] | 0x20) : original[i];
            }
        });
}
