namespace Orchestrator.Workflows.Sql;

internal static class TextLiteral
{
    /// <summary>
    /// What a string literal says. Escapes of E'' other than a backslash before the character itself are left as they are: what is
    /// compared here are labels and names of settings.
    /// </summary>
    public static string Content(ReadOnlySpan<char> literal)
    {
        if (literal is ['$', ..])
        {
            var tag = literal[1..].IndexOf('$') + 2;
            return literal.Length >= 2 * tag ? literal[tag..^tag].ToString() : "";
        }

        var quote = literal.IndexOf('\'');
        if (quote < 0 || literal.Length < quote + 2)
        {
            return "";
        }

        var content = literal[(quote + 1)..^1].ToString().Replace("''", "'", StringComparison.Ordinal);
        return quote > 0 && literal[0] is 'e' or 'E' ? content.Replace("\\'", "'", StringComparison.Ordinal).Replace("\\\\", "\\", StringComparison.Ordinal) : content;
    }

    /// <summary>A string literal that says this.</summary>
    public static string Quote(string content) => "'" + content.Replace("'", "''", StringComparison.Ordinal) + "'";
}
