namespace Orchestrator.Workflows.Plan;

/// <summary>What must hold inside of one gate, so that it can be passed at all.</summary>
internal static class GateExamination
{
    // More often is noise that people learn not to read.
    private static readonly TimeSpan ShortestReminder = TimeSpan.FromMinutes(1);

    public static IEnumerable<PlanProblem> Examine(string at, Gate gate)
    {
        var problems = new List<PlanProblem>();
        PlanRules.CheckDistinct(problems, $"{at}.roles", gate.Roles.Select(r => r.Name), "role");
        var people = gate.Roles.SelectMany(r => r.People).Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        if (people.Count == 0)
        {
            problems.Add(new($"{at}.roles", "Nobody may decide here.", "Name people for a role, or '*' for anyone."));
        }
        else if (gate.Quorum < 1 || (!people.Contains(GateRole.Anyone) && gate.Quorum > people.Count))
        {
            problems.Add(new($"{at}.quorum", $"A quorum of {gate.Quorum} cannot be reached by {people.Count} people."));
        }

        ExamineTimes(problems, at, gate);
        ExamineKeys(problems, at, gate, people);
        return problems;
    }

    private static void ExamineTimes(List<PlanProblem> problems, string at, Gate gate)
    {
        if (gate.ExpiresAfter <= TimeSpan.Zero)
        {
            problems.Add(new($"{at}.expires-after", "A gate cannot expire before it opens."));
        }

        if (gate.RemindEvery < ShortestReminder)
        {
            problems.Add(new($"{at}.remind-every", $"Reminders come at most every {ShortestReminder.TotalMinutes} minute."));
        }

        if (gate.EscalateAfter <= TimeSpan.Zero || gate.EscalateAfter >= gate.ExpiresAfter)
        {
            problems.Add(new($"{at}.escalate.after", "Escalation must come after the gate has opened and before it expires."));
        }

        if (gate.Window is { } window && (window.Days.Count == 0 || window.From == window.To))
        {
            problems.Add(new($"{at}.window", "This window never opens.", "Name at least one day, and two different times."));
        }
    }

    private static void ExamineKeys(List<PlanProblem> problems, string at, Gate gate, List<string> people)
    {
        if (!gate.SignaturesRequired)
        {
            return;
        }

        foreach (var person in people.Where(p => gate.FindKey(p) is null))
        {
            problems.Add(new(
                $"{at}.roles",
                person == GateRole.Anyone ? "Signatures are required, so approvers must be named." : $"Signatures are required, and the plan has no public key of {person}.",
                person == GateRole.Anyone ? null : $"Add '{person}: KEY' to 'approvers'; 'orchestrator approver keygen' makes one."));
        }
    }
}
