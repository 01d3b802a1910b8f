namespace Orchestrator.Activities.Matching;

/// <summary>A target whose text stands near the one that is asked for.</summary>
internal sealed record Neighbour(long Id, string Text, string Candidate, string CandidateText);

/// <summary>Which neighbours are worth showing to a person, in pure code.</summary>
internal static class Likeness
{
    private const int MostCandidates = 5;

    // A guess: a slip in a name of ten letters leaves 0.8, and two people of one family name have about 0.5.
    private const double Least = 0.6;

    /// <summary>The nearest candidates of each who asks, the likeliest first.</summary>
    public static IReadOnlyDictionary<long, IReadOnlyList<string>> Rank(IEnumerable<Neighbour> neighbours) => neighbours
        .Select(n => (n.Id, n.Candidate, Likeness: Of(n.Text, n.CandidateText)))
        .Where(n => n.Likeness >= Least)
        .GroupBy(n => n.Id)
        .ToDictionary(
            asked => asked.Key,
            IReadOnlyList<string> (asked) => [.. asked
                .GroupBy(n => n.Candidate, n => n.Likeness)
                .OrderByDescending(c => c.Max())
                .ThenBy(c => c.Key, StringComparer.Ordinal)
                .Take(MostCandidates)
                .Select(c => c.Key)]);

    /// <summary>Twice the pairs of letters that both have, by all pairs that there are: 1 for the same text, 0 for nothing in common.</summary>
    public static double Of(string a, string b)
    {
        var (left, right) = (Pairs(a), Pairs(b));
        return left.Count + right.Count == 0 ? 0 : 2.0 * left.Count(right.Contains) / (left.Count + right.Count);
    }

    private static HashSet<(char, char)> Pairs(string text) => [.. text.Zip(text.Skip(1))];
}
