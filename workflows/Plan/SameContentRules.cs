using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Plan;

/// <summary>What must hold of a comparison before anybody runs it.</summary>
internal static class SameContentRules
{
    private const decimal SmallestPercent = 0.01m;

    public static void Examine(List<PlanProblem> problems, string at, SameContentCheck check)
    {
        ExamineRows(problems, at, check.Table, check.Query);
        ExamineRows(problems, $"{at}.other", check.Other.Table, check.Other.Query);
        if (check.Key is { Count: > PlanLimits.KeyColumns })
        {
            problems.Add(new($"{at}.key", $"A key has at most {PlanLimits.KeyColumns} columns, not {check.Key.Count}."));
        }

        if (check.Key is { Count: > 0 } && check.Query is null)
        {
            problems.Add(new($"{at}.key", "A table is compared by its primary key.", "Write a 'query' in the place of the 'table' for another key."));
        }

        if (check.Sample is { } sample && (sample.Percent < SmallestPercent || sample.Percent >= 100))
        {
            problems.Add(new($"{at}.sample-percent", $"{sample.Percent} is not a percentage from {SmallestPercent} to below 100.", "Leave it out to compare every row."));
        }

        if (check is { Sample: not null, Query: not null, Key: null or { Count: 0 } })
        {
            problems.Add(new($"{at}.key", "A sample is drawn by a key: name the columns by which the query's rows are found again."));
        }
    }

    private static void ExamineRows(List<PlanProblem> problems, string at, string table, SqlScript? query)
    {
        if (query is null)
        {
            if (SqlName.TryParse(table) is null)
            {
                problems.Add(new($"{at}.table", $"'{table}' is not the name of a table.", "Write 'table' or 'schema.table', or a 'query' in its place."));
            }

            return;
        }

        if (table.Length > 0)
        {
            problems.Add(new($"{at}.query", "A side of a comparison is a 'table' or a 'query', not both."));
        }

        var source = SqlSource.Read(query.Text);
        if (source.Fault is not null || SqlStatements.Split(query.Text).Count != 1)
        {
            problems.Add(new($"{at}.query", "It must be exactly one query."));
        }
    }
}
