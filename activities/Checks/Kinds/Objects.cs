using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Objects
{
    public static async Task<Measurement> MeasureAsync(ObjectsCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var there = (await look.QueryAsync<string>(ThereSql(check.What), new { Names = check.Names.ToArray(), Kinds = RelationKinds(check.What) }, cancel)).ToHashSet();
        var wrong = check.Names.Where(name => there.Contains(name) == check.Absent).ToList();
        return Measurement.OfDifferences(
            $"{there.Count} of {check.Names.Count} there", [.. wrong.Select(name => $"{name} is {(check.Absent ? "there" : "missing")}")]);
    }

    private static string ThereSql(ObjectKind kind) => kind switch
    {
        ObjectKind.Type => "select name from unnest(@Names) as name where to_regtype(name) is not null",
        ObjectKind.Schema => "select name from unnest(@Names) as name where to_regnamespace(name) is not null",
        ObjectKind.Extension => "select name from unnest(@Names) as name where exists (select from pg_extension where extname = name)",
        ObjectKind.Trigger => "select name from unnest(@Names) as name where exists (select from pg_trigger where tgname = name and not tgisinternal)",
        // Not to_regproc: it finds none where there are several of one name.
        ObjectKind.Function =>
            """
            select name
            from unnest(@Names) as name
            where exists (
              select from pg_proc p
              where (p.proname = name and pg_function_is_visible(p.oid))
                or format('%s.%s', p.pronamespace::regnamespace, p.proname) = name)
            """,
        _ =>
            """
            select name
            from unnest(@Names) as name
            where exists (select from pg_class where oid = to_regclass(name) and position(relkind in @Kinds) > 0)
            """,
    };

    private static string RelationKinds(ObjectKind kind) => kind switch
    {
        ObjectKind.Table => "rpf",
        ObjectKind.View => "vm",
        ObjectKind.Sequence => "S",
        ObjectKind.Index => "iI",
        _ => "",
    };
}
