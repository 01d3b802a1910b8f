namespace Orchestrator.Activities.Checks.Kinds;

/// <summary>One number from each of two places; within one database both are of the same snapshot.</summary>
internal static class BothSides
{
    public static async Task<(decimal Here, decimal There)> AskAsync(
        CheckSite site, string here, string hereSql, string there, string thereSql, CancellationToken cancel)
    {
        await using var first = await site.LookAsync(here, cancel);
        var measured = (decimal)(await first.ScalarAsync(hereSql, cancel))!;
        if (here == there)
        {
            return (measured, (decimal)(await first.ScalarAsync(thereSql, cancel))!);
        }

        await using var second = await site.LookAsync(there, cancel);
        return (measured, (decimal)(await second.ScalarAsync(thereSql, cancel))!);
    }
}
