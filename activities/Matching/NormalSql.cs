using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Matching;

/// <summary>What is compared, as SQL: the text of an expression without that in it which does not matter.</summary>
internal static class NormalSql
{
    // Legal forms and generations as they stand at the end of names. A name that is nothing but one of them keeps it.
    private const string SuffixPattern =
        @"(\s+(gmbh|mbh|ag|kg|kgaa|ohg|ug|inc|incorporated|corp|corporation|co|company|llc|llp|lp|ltd|limited|plc|sa|sas|sarl|srl|spa|bv|nv|oy|ab|as|aps|jr|sr|ii|iii|iv))+\s*$";

    /// <summary>Null where there is nothing to compare by: a part is null, or nothing is left of it.</summary>
    public static string Of(IReadOnlyList<string> expressions, IReadOnlyList<Normalisation> normalise)
    {
        var parts = expressions.Select(expression => $"nullif({Of(expression, normalise)}, '')").ToList();
        // A separator that no text of people has in it: 'ab' and 'c' are not 'a' and 'bc'.
        return parts.Count == 1 ? parts[0] : $"({string.Join(" || E'\\x1f' || ", parts)})";
    }

    private static string Of(string expression, IReadOnlyList<Normalisation> normalise) =>
        // On a line of its own, because the author's text ends where it likes.
        normalise.Order().Aggregate($"(\n{expression}\n)::text", (sql, normalisation) => normalisation switch
        {
            Normalisation.Unaccent => $"unaccent({sql})",
            Normalisation.Lower => $"lower({sql})",
            Normalisation.Punctuation => $"regexp_replace(regexp_replace({sql}, '[''’`.]+', '', 'g'), '[[:punct:]]+', ' ', 'g')",
            Normalisation.Suffixes => $"regexp_replace({sql}, '{SuffixPattern}', '', 'i')",
            Normalisation.Collapse => $@"regexp_replace({sql}, '\s+', ' ', 'g')",
            Normalisation.Trim => $@"regexp_replace({sql}, '^\s+|\s+$', '', 'g')",
            _ => throw new InvalidOperationException($"No SQL for {normalisation}."),
        });
}
