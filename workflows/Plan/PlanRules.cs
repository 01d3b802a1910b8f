using System.Text.RegularExpressions;

namespace Orchestrator.Workflows.Plan;

/// <summary>What must hold between the parts of a plan. Finds every problem, not the first one.</summary>
public static partial class PlanRules
{
    public static IReadOnlyList<PlanProblem> Examine(MigrationPlan plan)
    {
        var problems = new List<PlanProblem>();
        CheckId(problems, "plan", plan.Name);
        CheckCount(problems, "batches", plan.Batches.Count, PlanLimits.Batches, "batches");
        if (plan.Batches.Count == 0)
        {
            problems.Add(new("batches", "A plan needs at least one batch."));
        }

        CheckDistinct(problems, "databases", plan.Databases, "database");
        CheckDistinct(problems, "batches", plan.Batches.Select(b => b.Id), "batch");
        ExamineEnvironments(problems, plan);
        for (var i = 0; i < plan.Batches.Count; i++)
        {
            problems.AddRange(BatchRules.Examine($"batches[{i}]", plan.Batches[i], plan));
        }

        problems.AddRange(BatchOrder.FindProblems(plan.Batches));
        return problems;
    }

    internal static void CheckId(List<PlanProblem> problems, string at, string id)
    {
        if (id.Length > PlanLimits.IdCharacters || !IdPattern().IsMatch(id))
        {
            problems.Add(new(
                at,
                $"'{id}' is not a usable id.",
                $"Use lower-case letters, digits and hyphens, a letter first, at most {PlanLimits.IdCharacters} characters."));
        }
    }

    internal static void CheckCount(List<PlanProblem> problems, string at, int count, int most, string what)
    {
        if (count > most)
        {
            problems.Add(new(at, $"{count} {what} are more than the {most} allowed.", "Split the plan."));
        }
    }

    internal static void CheckDistinct(List<PlanProblem> problems, string at, IEnumerable<string> ids, string what)
    {
        foreach (var twice in ids.Where(id => id.Length > 0).GroupBy(id => id).Where(g => g.Count() > 1))
        {
            problems.Add(new(at, $"The {what} '{twice.Key}' is there {twice.Count()} times.", "Give each its own id."));
        }
    }

    internal static void CheckDatabase(List<PlanProblem> problems, string at, string database, MigrationPlan plan)
    {
        if (!plan.Databases.Contains(database))
        {
            problems.Add(new(at, $"The plan has no database '{database}'.", Nearest.Among(database, plan.Databases)));
        }
    }

    internal static void CheckVariable(List<PlanProblem> problems, string at, string variable)
    {
        if (!VariablePattern().IsMatch(variable))
        {
            // A connection string pasted here would carry its password into the ledger; the message must not repeat it.
            problems.Add(new(
                at,
                "This must be the name of an environment variable, not what it holds.",
                "Use upper-case letters, digits and underscores, for example STAGING_SHOP_DATABASE."));
        }
    }

    private static void ExamineEnvironments(List<PlanProblem> problems, MigrationPlan plan)
    {
        if (plan.Environments.Count == 0)
        {
            problems.Add(new("environments", "A plan needs at least one environment.", "For a laptop: 'environments: { local: embedded }'."));
        }

        foreach (var environment in plan.Environments)
        {
            var at = $"environments.{environment.Name}";
            CheckId(problems, at, environment.Name);
            if (environment.Bindings is not { } bindings)
            {
                continue;
            }

            foreach (var missing in plan.Databases.Where(d => bindings.All(b => b.Database != d)))
            {
                problems.Add(new(at, $"The database '{missing}' has no binding here.", $"Add '{missing}: NAME_OF_A_VARIABLE'."));
            }

            foreach (var binding in bindings)
            {
                ExamineBinding(problems, $"{at}.{binding.Database}", binding, plan);
            }
        }
    }

    private static void ExamineBinding(List<PlanProblem> problems, string at, DatabaseBinding binding, MigrationPlan plan)
    {
        CheckDatabase(problems, at, binding.Database, plan);
        CheckVariable(problems, at, binding.Variable);
    }

    [GeneratedRegex("^[a-z][a-z0-9-]*$")]
    private static partial Regex IdPattern();

    [GeneratedRegex("^[A-Z][A-Z0-9_]*$")]
    private static partial Regex VariablePattern();
}
