using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class Columns
{
    public static async Task<Measurement> MeasureAsync(ColumnsCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var actual = (await look.QueryAsync<ColumnRow>(
            """
            select attname::text as name, format_type(atttypid, atttypmod) as type, attnotnull as "notnull"
            from pg_attribute
            where attrelid = @Table::regclass and attnum > 0 and not attisdropped
            order by attnum
            """,
            new { Table = Names.Table(check.Table).ToString() },
            cancel)).ToList();
        var spelled = await SpellAsync(look, check.Columns, cancel);
        return Measurement.OfDifferences($"{actual.Count} columns", Differences(spelled, actual, check.Exact));
    }

    internal static IReadOnlyList<string> Differences(IReadOnlyList<ColumnShape> wanted, IReadOnlyList<ColumnRow> actual, bool exact)
    {
        var differences = new List<string>();
        foreach (var column in wanted)
        {
            var found = actual.FirstOrDefault(c => c.Name == column.Name);
            if (found is null)
            {
                differences.Add($"{column.Name} is missing");
                continue;
            }

            if (column.Type is { } type && type != found.Type)
            {
                differences.Add($"{column.Name} is {found.Type}, wanted {type}");
            }

            if (column.NotNull is { } notNull && notNull != found.NotNull)
            {
                differences.Add($"{column.Name} {(found.NotNull ? "refuses" : "takes")} nulls");
            }
        }

        if (exact)
        {
            differences.AddRange(actual.Where(c => wanted.All(w => w.Name != c.Name)).Select(c => $"{c.Name} is not among the stated columns"));
            if (differences.Count == 0 && !wanted.Select(w => w.Name).SequenceEqual(actual.Select(c => c.Name)))
            {
                differences.Add("the columns are in another order");
            }
        }

        return differences;
    }

    /// <summary>Types as PostgreSQL spells them: <c>varchar(20)</c> is <c>character varying(20)</c>.</summary>
    private static async Task<IReadOnlyList<ColumnShape>> SpellAsync(Look look, IReadOnlyList<ColumnShape> columns, CancellationToken cancel)
    {
        var typed = columns.Where(c => c.Type is not null).ToList();
        var spelled = (await look.QueryAsync<string?>(
            "select format_type(to_regtype(type), null) from unnest(@Types) with ordinality as stated (type, at) order by at",
            new { Types = typed.Select(c => c.Type!).ToArray() },
            cancel)).ToList();
        return [.. columns.Select(c => typed.IndexOf(c) is >= 0 and var at ? c with { Type = WithModifier(c.Type!, spelled[at]) } : c)];
    }

    // The modifier stands behind the first word of a type's name: timestamp(3) with time zone.
    private static string WithModifier(string stated, string? spelled)
    {
        var open = stated.IndexOf('(', StringComparison.Ordinal);
        if (spelled is null || open < 0)
        {
            return spelled ?? stated;
        }

        var modifier = stated[open..(stated.IndexOf(')', StringComparison.Ordinal) + 1)].Replace(" ", "", StringComparison.Ordinal);
        return spelled.StartsWith("time", StringComparison.Ordinal) && spelled.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space
            ? spelled[..space] + modifier + spelled[space..]
            : spelled + modifier;
    }
}

internal sealed record ColumnRow
{
    public required string Name { get; init; }

    public required string Type { get; init; }

    public required bool NotNull { get; init; }
}
