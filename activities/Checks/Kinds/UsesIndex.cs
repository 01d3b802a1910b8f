using System.Text.Json;
using Orchestrator.Workflows.Plan;
using Orchestrator.Workflows.Sql;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class UsesIndex
{
    public static async Task<Measurement> MeasureAsync(UsesIndexCheck check, CheckSite site, CancellationToken cancel)
    {
        var querySql = SqlStatements.Split(check.Query.Text)[0].Text;
        await using var look = await site.LookAsync(check.Database, cancel);
        var used = await IndexesAsync(look, querySql, cancel);
        if (used.Contains(check.Index))
        {
            return Measurement.Pass($"uses {string.Join(", ", used)}");
        }

        // Whether it could not, or would not, is what the author wants to know next.
        await look.ExecuteAsync("set local enable_seqscan = off", cancel);
        var could = (await IndexesAsync(look, querySql, cancel)).Contains(check.Index);
        return Measurement.Fail(
            used.Count == 0 ? "uses no index" : $"uses {string.Join(", ", used)}",
            could ? "The index would do, but the planner finds reading the whole table cheaper." : "The index cannot answer this query.");
    }

    internal static IReadOnlyList<string> IndexesOf(string plan)
    {
        var found = new List<string>();
        Walk(JsonDocument.Parse(plan).RootElement, found);
        return [.. found.Distinct()];
    }

    private static async Task<IReadOnlyList<string>> IndexesAsync(Look look, string querySql, CancellationToken cancel) =>
        IndexesOf((string)(await look.ScalarAsync($"explain (format json) {querySql}", cancel))!);

    private static void Walk(JsonElement node, List<string> found)
    {
        switch (node.ValueKind)
        {
            case JsonValueKind.Array:
                foreach (var item in node.EnumerateArray())
                {
                    Walk(item, found);
                }

                break;
            case JsonValueKind.Object:
                foreach (var field in node.EnumerateObject())
                {
                    if (field.NameEquals("Index Name"))
                    {
                        found.Add(field.Value.GetString()!);
                    }

                    Walk(field.Value, found);
                }

                break;
        }
    }
}
