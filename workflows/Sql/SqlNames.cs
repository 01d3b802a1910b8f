namespace Orchestrator.Workflows.Sql;

public static class SqlNames
{
    /// <summary>Quotes a name where it needs it.</summary>
    public static string Quote(string name) =>
        IsPlain(name) ? name : '"' + name.Replace("\"", "\"\"", StringComparison.Ordinal) + '"';

    private static bool IsPlain(string name) =>
        name.Length > 0
        && (name[0] == '_' || char.IsAsciiLetterLower(name[0]))
        && name.All(c => c == '_' || char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
        && !ReservedWords.Contains(name);
}
