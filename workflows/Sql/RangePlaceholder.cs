using System.Text;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Workflows.Sql;

/// <summary>
/// <c>{range}</c>, or <c>{range o}</c> with the alias of the walked table, in the statement of a backfill: the place where the
/// condition for one range of keys goes.
/// </summary>
public static class RangePlaceholder
{
    public static IReadOnlyList<PlanProblem> Examine(string sql)
    {
        var problems = new List<PlanProblem>();
        var statements = SqlStatements.Split(sql);
        if (statements.Count != 1)
        {
            problems.Add(new("", $"A chunk is exactly one statement, not {statements.Count}.", "Use a common table expression, or a second step."));
        }

        if (Find(sql).Count == 0)
        {
            problems.Add(new("", "The statement has no {range}, so each chunk would touch the whole table.", "Add 'where {range}'."));
        }

        if (statements.Any(s => s.Code.Contains("$")))
        {
            problems.Add(new("", "Positional parameters are taken by {range}."));
        }

        return problems;
    }

    /// <summary>Puts the condition, built for the placeholder's alias (or none), into each placeholder.</summary>
    public static string Fill(string sql, Func<string?, string> condition)
    {
        var filled = new StringBuilder();
        var at = 0;
        foreach (var (start, end, alias) in Find(sql))
        {
            filled.Append(sql, at, start - at).Append(condition(alias));
            at = end;
        }

        return filled.Append(sql, at, sql.Length - at).ToString();
    }

    private static List<(int Start, int End, string? Alias)> Find(string sql)
    {
        var code = SqlScanner.Scan(sql).Where(t => t.IsCode).ToList();
        var found = new List<(int, int, string?)>();
        for (var i = 0; i + 2 < code.Count; i++)
        {
            if (Word(i) != "{" || !Word(i + 1).Equals("range", StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            if (Word(i + 2) == "}")
            {
                found.Add((code[i].Start, code[i + 2].End, null));
            }
            else if (i + 3 < code.Count && Word(i + 3) == "}" && code[i + 2].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
            {
                found.Add((code[i].Start, code[i + 3].End, Word(i + 2)));
            }
        }

        return found;

        string Word(int index) => sql.Substring(code[index].Start, code[index].Length);
    }
}
