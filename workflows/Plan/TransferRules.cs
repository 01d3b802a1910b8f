using Orchestrator.Workflows.Sql;

namespace Orchestrator.Workflows.Plan;

/// <summary>What must hold inside a step that moves rows.</summary>
internal static class TransferRules
{
    private static readonly TimeSpan ShortestChunk = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestChunk = TimeSpan.FromMinutes(1);

    public static void Examine(List<PlanProblem> problems, string at, BackfillStep step)
    {
        if (step.ChunkRows is < 1 or > PlanLimits.ChunkRowsMost)
        {
            problems.Add(new($"{at}.chunk-rows", $"{step.ChunkRows} is not a number of rows from 1 to {PlanLimits.ChunkRowsMost}."));
        }

        if (step.PoisonRows is < 0 or > PlanLimits.PoisonRowsMost)
        {
            problems.Add(new($"{at}.poison-rows", $"{step.PoisonRows} is not a number of rows from 0 to {PlanLimits.PoisonRowsMost}."));
        }

        ExamineKey(problems, $"{at}.key", step.Key);
        ExamineTable(problems, $"{at}.table", step.Table);
        foreach (var table in step.Analyze ?? [])
        {
            ExamineTable(problems, $"{at}.analyze", table);
        }

        if (step.Chunk is null == step.Into is null)
        {
            problems.Add(new($"{at}.chunk", "A backfill has a 'chunk' or an 'into', and not both.", "Name the SQL file with the statement for one range of keys."));
        }

        if (step.Chunk is { } chunk)
        {
            problems.AddRange(RangePlaceholder.Examine(chunk.Text).Select(p => new PlanProblem($"{at}.chunk", $"{chunk.Path}: {p.Message}", p.Suggestion)));
        }

        if (step.Into is { } mapping)
        {
            ExamineMapping(problems, $"{at}.into", mapping);
        }

        ExaminePace(problems, $"{at}.pace", step.Pace);
    }

    public static void Examine(List<PlanProblem> problems, string at, CopyStep step)
    {
        if (step.Tables.Count == 0)
        {
            problems.Add(new($"{at}.tables", "A copy needs at least one table.", "Write 'public.*' for all tables of a schema."));
        }

        if (step.From == step.Database)
        {
            problems.Add(new($"{at}.from", $"The database '{step.From}' cannot be copied into itself."));
        }

        foreach (var table in step.Tables.Concat(step.Except ?? []).Where(t => !t.EndsWith(".*", StringComparison.Ordinal)))
        {
            ExamineTable(problems, $"{at}.tables", table);
        }

        foreach (var expected in step.Expect ?? [])
        {
            ExamineTable(problems, $"{at}.expect", expected.Table);
        }

        ExaminePace(problems, $"{at}.pace", step.Pace);
    }

    private static void ExamineMapping(List<PlanProblem> problems, string at, RowMapping mapping)
    {
        ExamineTable(problems, $"{at}.table", mapping.Table);
        if (mapping.Columns.Count == 0)
        {
            problems.Add(new($"{at}.columns", "A mapping needs at least one column.", "Write each as 'column: expression'."));
        }

        PlanRules.CheckDistinct(problems, $"{at}.columns", mapping.Columns.Select(c => c.Column), "column");
        if (mapping.Mode != WriteMode.Insert)
        {
            ExamineKey(problems, $"{at}.key", mapping.Key);
            foreach (var column in mapping.Key.Where(k => mapping.Columns.All(c => c.Column != k)))
            {
                problems.Add(new($"{at}.key", $"The key column '{column}' is not among the columns.", $"Add '{column}: expression' to them."));
            }
        }

        foreach (var (column, expression) in mapping.Columns.Select(c => (c.Column, c.Expression)).Append(("where", mapping.Where ?? "true")))
        {
            ExamineExpression(problems, $"{at}.columns.{column}", expression);
        }
    }

    // One expression and nothing behind it: it stands inside of a statement that this program writes.
    internal static void ExamineExpression(List<PlanProblem> problems, string at, string expression)
    {
        var source = SqlSource.Read(expression);
        if (source.Fault is { } fault || SqlStatements.Split(expression).Count != 1 || expression.Contains(';') || !Closes(source)
            // A comment would swallow what comes after the expression.
            || source.Tokens.Any(t => t.Kind == SqlTokenKind.Comment))
        {
            problems.Add(new(at, $"'{expression}' is not one SQL expression."));
        }
        else if (source.Statements.Any(s => s.Code.Contains("$")))
        {
            problems.Add(new(at, "Positional parameters are taken by the range."));
        }
    }

    private static bool Closes(SqlSource source)
    {
        var depth = 0;
        foreach (var token in source.Tokens.Where(t => t.IsCode))
        {
            depth += source.TextOf(token) switch
            {
                "(" => 1,
                ")" => -1,
                _ => 0,
            };
            if (depth < 0)
            {
                return false;
            }
        }

        return depth == 0;
    }

    internal static void ExamineKey(List<PlanProblem> problems, string at, IReadOnlyList<string> key)
    {
        if (key.Count is 0 or > PlanLimits.KeyColumns)
        {
            problems.Add(new(at, $"A key has 1 to {PlanLimits.KeyColumns} columns, not {key.Count}."));
        }
    }

    internal static void ExamineTable(List<PlanProblem> problems, string at, string table)
    {
        if (SqlName.TryParse(table) is null)
        {
            problems.Add(new(at, $"'{table}' is not the name of a table.", "Write 'table' or 'schema.table'."));
        }
    }

    internal static void ExaminePace(List<PlanProblem> problems, string at, TransferPace? pace)
    {
        if (pace?.Lanes is < 1 or > PlanLimits.LanesMost)
        {
            problems.Add(new($"{at}.lanes", $"{pace.Lanes} is not a number of lanes from 1 to {PlanLimits.LanesMost}."));
        }

        if (pace?.ChunkTime is { } time && (time < ShortestChunk || time > LongestChunk))
        {
            problems.Add(new($"{at}.chunk-time", $"A chunk takes from {ShortestChunk.TotalMilliseconds} ms to {LongestChunk.TotalSeconds} s."));
        }

        if (pace?.RowsPerSecond < 1)
        {
            problems.Add(new($"{at}.rows-per-second", "A rate is at least one row a second.", "Leave it out for no limit."));
        }

        var throttles = pace?.Throttles ?? [];
        PlanRules.CheckCount(problems, $"{at}.throttles", throttles.Count, PlanLimits.ThrottlesMost, "throttles");
        for (var i = 0; i < throttles.Count; i++)
        {
            ExamineThrottle(problems, $"{at}.throttles[{i}]", throttles[i]);
        }
    }

    private static void ExamineThrottle(List<PlanProblem> problems, string at, Throttle throttle)
    {
        if (throttle.Kind == ThrottleKind.Sql && (throttle.Query is null || SqlStatements.Split(throttle.Query.Text).Count != 1))
        {
            problems.Add(new($"{at}.query", "A throttle of kind sql needs a query of one statement that returns one number."));
        }

        if (throttle.Kind == ThrottleKind.Http && !(Uri.TryCreate(throttle.Url, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            problems.Add(new($"{at}.url", "A throttle of kind http needs a url that starts with http:// or https://."));
        }
    }
}
