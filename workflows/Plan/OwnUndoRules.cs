using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Plan;

/// <summary>What must hold inside steps that take themselves back.</summary>
internal static class OwnUndoRules
{
    private const int MostRows = 1_000;
    private static readonly TimeSpan LongestSmoke = TimeSpan.FromHours(1);

    public static void Examine(List<PlanProblem> problems, string at, Step step)
    {
        if (step.Undo.Count > 0)
        {
            problems.Add(new($"{at}.undo", $"A step of kind {step.Kind.ToString().ToLowerInvariant()} takes itself back.", "Remove 'undo'."));
        }

        switch (step)
        {
            case SeedStep seed:
                Examine(problems, at, seed);
                break;
            case FlagStep flag:
                FlagRules.Examine(problems, at, flag.Flag, flag.Value);
                break;
            case SmokeStep smoke:
                Examine(problems, at, smoke);
                break;
            case IdMapStep map:
                MappingRules.Examine(problems, at, map);
                break;
            case MatchStep match:
                MappingRules.Examine(problems, at, match);
                break;
        }
    }

    private static void Examine(List<PlanProblem> problems, string at, SeedStep seed)
    {
        if (SqlName.TryParse(seed.Table) is null)
        {
            problems.Add(new($"{at}.table", $"'{seed.Table}' is not the name of a table.", "Write 'table' or 'schema.table'."));
        }

        PlanRules.CheckCount(problems, $"{at}.rows", seed.Rows.Count, MostRows, "rows");
        if (seed.Key.Count == 0 || seed.Rows.Count == 0)
        {
            problems.Add(new(seed.Key.Count == 0 ? $"{at}.key" : $"{at}.rows", "A seed needs rows, and the columns by which they are known."));
        }

        for (var i = 0; i < seed.Rows.Count; i++)
        {
            foreach (var column in seed.Key.Where(column => seed.Rows[i].GetValueOrDefault(column) is null))
            {
                problems.Add(new($"{at}.rows[{i}]", $"This row has no '{column}', by which it is to be known."));
            }
        }

        var twice = seed.Rows.GroupBy(row => string.Join('\u001f', seed.Key.Select(column => row.GetValueOrDefault(column)))).FirstOrDefault(g => g.Count() > 1);
        if (twice is not null)
        {
            problems.Add(new($"{at}.rows", $"The row '{twice.Key.Replace('\u001f', ' ')}' is there {twice.Count()} times.", "Give each its own key."));
        }
    }

    private static void Examine(List<PlanProblem> problems, string at, SmokeStep smoke)
    {
        if (smoke.Http is null == smoke.Sql is null)
        {
            problems.Add(new(at, "A smoke test is either 'http' or a 'query'.", "Keep one of them."));
        }

        if (smoke.Http is { } http)
        {
            PlanRules.CheckVariable(problems, $"{at}.http.variable", http.Variable);
            if (!http.Path.StartsWith('/') || http.Path.StartsWith("//", StringComparison.Ordinal))
            {
                problems.Add(new($"{at}.http.path", $"'{http.Path}' is not a path.", "Begin it with one slash: the host is what the variable says."));
            }

            if (http.Status is < 100 or > 599)
            {
                problems.Add(new($"{at}.http.status", $"{http.Status} is not a status of HTTP."));
            }
        }

        if (smoke.Sql is { } sql && SqlStatements.Split(sql.Query.Text).Count != 1)
        {
            problems.Add(new($"{at}.query", $"The query of '{smoke.Id}' must be exactly one statement."));
        }

        if (smoke.Within <= TimeSpan.Zero || smoke.Within > LongestSmoke)
        {
            problems.Add(new($"{at}.within", $"A smoke test takes at most {LongestSmoke.TotalMinutes} minutes, and more than nothing."));
        }
    }
}
