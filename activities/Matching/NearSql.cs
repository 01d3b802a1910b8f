using Orchestrator.Activities.Postgres;

namespace Orchestrator.Activities.Matching;

/// <summary>
/// Near candidates without an extension. Two texts that differ by a slip are neighbours in the alphabet, unless the slip is among their
/// first letters, and then they are read backwards.
/// </summary>
internal static class NearSql
{
    private const int NeighboursEachWay = 4;

    // A page of an index takes no longer ones, and texts that have been alike for so long are near.
    private static string ComparedLettersSql => "100";

    /// <summary>The indexes that neighbours are found by. Only made where somebody needs them.</summary>
    public static IReadOnlyList<string> Indexes(SqlIdentifier valuesTable) =>
        [.. new[] { Forwards("value"), Backwards("value") }.Select(valueSql => $"create index on {valuesTable} (place, ({valueSql}))")];

    /// <summary>The neighbours of each value that is asked for: id, text, candidate and the candidate's text.</summary>
    /// <param name="askedSql">Who asks, by what: id, place and value.</param>
    /// <param name="valuesTable">Place, value and key of the targets.</param>
    public static string Neighbours(string askedSql, SqlIdentifier valuesTable)
    {
        var waysSql = string.Join(
            "\n  union all\n",
            new[] { ("forwards", Forwards("known.value")), ("backwards", Backwards("known.value")) }
                .SelectMany(side => new[] { ($"{side.Item2} >= asked.{side.Item1}", side.Item2), ($"{side.Item2} < asked.{side.Item1}", $"{side.Item2} desc") })
                .Select(way => $"  (select known.value, known.target_key from {valuesTable} as known where known.place = asked.place and {way.Item1} order by {way.Item2} limit {NeighboursEachWay})"));
        return $"""
            -- Materialized on purpose: normalising a value takes longer than finding its neighbours, and would be done for each of them.
            with asked as materialized (
              select sought.id, sought.place, left(sought.value, {ComparedLettersSql}) as text, {Forwards("sought.value")} as forwards, {Backwards("sought.value")} as backwards
              from ({askedSql}) as sought)
            select asked.id, asked.text, near.target_key::text as candidate, left(near.value, {ComparedLettersSql}) as candidatetext
            from asked
            cross join lateral (
            {waysSql}) as near
            """;
    }

    private static string Forwards(string value) => $"left({value}, {ComparedLettersSql}) collate \"C\"";

    private static string Backwards(string value) => $"left(reverse({value}), {ComparedLettersSql}) collate \"C\"";
}
