namespace Orchestrator.Workflows.Plan;

/// <summary>What must hold inside steps that say which old row is which new one.</summary>
internal static class MappingRules
{
    private const int MostLinks = 20;
    private const int MostKeys = 10;
    private const int MostParts = 8;

    public static void Examine(List<PlanProblem> problems, string at, IdMapStep step)
    {
        TransferRules.ExamineTable(problems, $"{at}.table", step.Table);
        TransferRules.ExaminePace(problems, $"{at}.pace", step.Pace);
        if (IdMapStep.TableOf(step.Name) is null)
        {
            problems.Add(new($"{at}.name", $"'{step.Name}' is not a name.", "Write 'customers' for the table customers_id_map, or 'schema.customers'."));
        }

        if (step.Namespace == Guid.Empty)
        {
            problems.Add(new($"{at}.namespace", "The namespace of an id map is a uuid of its own.", "Make one, for example with 'select gen_random_uuid()', and never change it."));
        }
    }

    public static void Examine(List<PlanProblem> problems, string at, RelinkStep step)
    {
        TransferRules.ExamineTable(problems, $"{at}.table", step.Table);
        TransferRules.ExamineKey(problems, $"{at}.key", step.Key);
        TransferRules.ExaminePace(problems, $"{at}.pace", step.Pace);
        PlanRules.CheckCount(problems, $"{at}.links", step.Links.Count, MostLinks, "links");
        PlanRules.CheckDistinct(problems, $"{at}.links", step.Links.Select(l => l.Into), "column");
        if (step.Links.Count == 0)
        {
            problems.Add(new($"{at}.links", "A relink needs at least one link.", "Write '{ from: customer_id, into: customer_uuid, map: customers }'."));
        }

        foreach (var link in step.Links.Where(l => IdMapStep.TableOf(l.Map) is null))
        {
            problems.Add(new($"{at}.links", $"'{link.Map}' is not the name of an id map."));
        }

        foreach (var link in step.Links.Where(l => l.From == l.Into || step.Key.Contains(l.Into)))
        {
            problems.Add(new($"{at}.links", $"The column '{link.Into}' is read by this step and cannot be written by it."));
        }
    }

    public static void Examine(List<PlanProblem> problems, string at, MatchStep step)
    {
        TransferRules.ExamineTable(problems, $"{at}.table", step.Table);
        TransferRules.ExamineTable(problems, $"{at}.target.table", step.Target.Table);
        TransferRules.ExamineTable(problems, $"{at}.bridge", step.Bridge);
        TransferRules.ExaminePace(problems, $"{at}.pace", step.Pace);
        PlanRules.CheckCount(problems, $"{at}.by", step.By.Count, MostKeys, "match keys");
        PlanRules.CheckDistinct(problems, $"{at}.by", step.By.Select(k => k.Name), "match key");
        if (step.By.Count == 0)
        {
            problems.Add(new($"{at}.by", "A match needs at least one match key.", "Write '{ name: email, source: email, target: email, normalise: [trim, lower] }'."));
        }

        for (var i = 0; i < step.By.Count; i++)
        {
            Examine(problems, $"{at}.by[{i}]", step.By[i]);
        }

        ExamineCondition(problems, $"{at}.where", step.Where);
        ExamineCondition(problems, $"{at}.invalid", step.Invalid);
        ExamineCondition(problems, $"{at}.target.where", step.Target.Where);
    }

    private static void Examine(List<PlanProblem> problems, string at, MatchKey key)
    {
        PlanRules.CheckId(problems, $"{at}.name", key.Name);
        PlanRules.CheckCount(problems, $"{at}.source", key.Source.Count, MostParts, "expressions");
        if (key.Source.Count == 0 || key.Source.Count != key.Target.Count)
        {
            problems.Add(new($"{at}.target", $"'{key.Name}' compares {key.Source.Count} expressions of the source with {key.Target.Count} of the target.", "Give each side the same number, at least one."));
        }

        foreach (var expression in key.Source)
        {
            TransferRules.ExamineExpression(problems, $"{at}.source", expression);
        }

        foreach (var expression in key.Target)
        {
            TransferRules.ExamineExpression(problems, $"{at}.target", expression);
        }
    }

    private static void ExamineCondition(List<PlanProblem> problems, string at, string? condition)
    {
        if (condition is not null)
        {
            TransferRules.ExamineExpression(problems, at, condition);
        }
    }
}
