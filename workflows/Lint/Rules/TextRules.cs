using Orchestrator.Workflows.Lint.Reading;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Lint.Rules;

/// <summary>What keeps a file from being read at all.</summary>
internal static class TextRules
{
    public static LintRule Unreadable { get; } = new("unreadable-sql", Severity.Error, "Something is opened and never closed")
    {
        Example = new("insert into customers (id, email) values (1001, 'it's@example.com');", "insert into customers (id, email) values (1001, 'it''s@example.com');")
        { Refusal = "42601" },
        CannotBeAllowed = true,
    };

    public static (int Offset, Offence Offence)? Fault(FileText file)
    {
        if (file.Source.Fault is { } fault)
        {
            return (fault.Offset, new Offence($"{fault}: from here to the end of the file nothing can be read.", new("Close it.")));
        }

        return file.Source.Statements.Select(statement => OpenParenthesis(statement)).FirstOrDefault(open => open is not null) is { } offset
            ? (offset, new Offence("A parenthesis is never closed: the statement has no end that the server would see.", new("Close it.")))
            : null;
    }

    private static int? OpenParenthesis(SqlStatement statement)
    {
        var open = new Stack<int>();
        foreach (var token in statement.Tokens)
        {
            var text = token.Kind == SqlTokenKind.Symbol ? statement.Source.TextOf(token) : "";
            if (text is "(")
            {
                open.Push(token.Start);
            }
            else if (text is ")")
            {
                open.TryPop(out _);
            }
        }

        return open.TryPeek(out var offset) ? offset : null;
    }
}
