using System.Text.RegularExpressions;
using Dapper;
using Npgsql;

namespace Orchestrator.Activities.Backfill;

/// <summary>
/// What in a statement gives another value each time it is run: volatile functions, as the catalog calls them, and the clock. It is read
/// off the plan, where functions of SQL are already written out and constants already worked out.
/// </summary>
internal sealed partial record ChangingValues(IReadOnlyList<string> Volatile, IReadOnlyList<string> Clocks)
{
    private static readonly string[] ClockFunctions = ["now", "transaction_timestamp", "statement_timestamp"];
    private static readonly string[] ClockWords = ["CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "LOCALTIMESTAMP", "LOCALTIME"];

    public static async Task<ChangingValues> FindAsync(NpgsqlConnection connection, string plan, CancellationToken cancel)
    {
        var calls = CallsIn(plan);
        var found = await connection.QueryAsync<string>(new CommandDefinition(
            """
            select distinct call.name || '()'
            from unnest(@Calls) as call (name)
            join pg_proc p on p.proname = split_part(call.name, '.', -1) and p.provolatile = 'v'
            join pg_namespace n on n.oid = p.pronamespace
            where case when call.name like '%.%' then n.nspname = split_part(call.name, '.', 1) else pg_function_is_visible(p.oid) end
            order by 1
            """,
            new { Calls = calls.ToArray() },
            cancellationToken: cancel));
        return new ChangingValues([.. found], ClocksIn(plan, calls));
    }

    /// <summary>Everything in the text of a plan that is written like a call, outside of quoted values.</summary>
    public static IReadOnlyList<string> CallsIn(string plan) =>
        [.. Call().Matches(QuotedValue().Replace(plan, "''")).Select(m => m.Groups["name"].Value.Replace("\"", "", StringComparison.Ordinal)).Distinct()];

    private static IReadOnlyList<string> ClocksIn(string plan, IReadOnlyList<string> calls)
    {
        var text = QuotedValue().Replace(plan, "''");
        return [.. calls.Intersect(ClockFunctions).Select(c => $"{c}()"), .. ClockWords.Where(w => Regex.IsMatch(text, $@"\b{w}\b"))];
    }

    [GeneratedRegex("'(?:[^']|'')*'")]
    private static partial Regex QuotedValue();

    [GeneratedRegex("""(?<name>(?:(?:"[^"]+"|[a-z_][a-z0-9_$]*)\.)?(?:"[^"]+"|[a-z_][a-z0-9_$]*))\(""")]
    private static partial Regex Call();
}
