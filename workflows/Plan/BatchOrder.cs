namespace Orchestrator.Workflows.Plan;

/// <summary>Batches in dependency order; among those that are free to run, the order in which the plan names them.</summary>
public static class BatchOrder
{
    public static IReadOnlyList<T> Sort<T>(IReadOnlyList<T> batches, Func<T, string> id, Func<T, IReadOnlyList<string>> needs)
    {
        var sorted = new List<T>();
        var placed = new HashSet<string>();
        while (sorted.Count < batches.Count)
        {
            var next = batches.FirstOrDefault(b => !placed.Contains(id(b)) && needs(b).All(placed.Contains))
                ?? throw new InvalidOperationException("The batches need each other in a circle.");
            placed.Add(id(next));
            sorted.Add(next);
        }

        return sorted;
    }

    /// <summary>Every batch that needs this one, directly or through others.</summary>
    public static IReadOnlyList<string> FindDependents(IReadOnlyList<Batch> batches, string id)
    {
        var reached = new HashSet<string> { id };
        var found = new List<string>();
        while (batches.FirstOrDefault(b => !reached.Contains(b.Id) && b.Needs.Any(reached.Contains)) is { } next)
        {
            reached.Add(next.Id);
            found.Add(next.Id);
        }

        return found;
    }

    internal static IEnumerable<PlanProblem> FindProblems(IReadOnlyList<Batch> batches)
    {
        var ids = batches.Select(b => b.Id).ToHashSet();
        for (var i = 0; i < batches.Count; i++)
        {
            foreach (var unknown in batches[i].Needs.Where(n => !ids.Contains(n)))
            {
                yield return new($"batches[{i}].needs", $"There is no batch '{unknown}'.", Nearest.Among(unknown, ids));
            }
        }

        if (FindCircle(batches) is { } circle)
        {
            var at = batches.ToList().FindIndex(b => b.Id == circle[0]);
            yield return new($"batches[{at}].needs", $"Batches need each other in a circle: {string.Join(" -> ", circle)}.");
        }
    }

    private static List<string>? FindCircle(IReadOnlyList<Batch> batches)
    {
        var needs = batches.GroupBy(b => b.Id).ToDictionary(g => g.Key, g => g.First().Needs);
        var safe = new HashSet<string>();
        foreach (var start in batches.Select(b => b.Id))
        {
            if (Walk(start, []) is { } circle)
            {
                return circle;
            }
        }

        return null;

        List<string>? Walk(string id, List<string> path)
        {
            if (path.IndexOf(id) is >= 0 and var first)
            {
                return [.. path[first..], id];
            }

            if (safe.Contains(id) || !needs.TryGetValue(id, out var below))
            {
                return null;
            }

            foreach (var need in below)
            {
                if (Walk(need, [.. path, id]) is { } circle)
                {
                    return circle;
                }
            }

            safe.Add(id);
            return null;
        }
    }
}
