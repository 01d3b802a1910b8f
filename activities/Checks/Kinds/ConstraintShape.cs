using System.Text.RegularExpressions;
using Orchestrator.Activities.Postgres;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static partial class ConstraintShape
{
    public static async Task<Measurement> MeasureAsync(ConstraintCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var actual = (await look.QueryAsync<ConstraintRow>(
            """
            select contype::text as type, convalidated as validated, pg_get_constraintdef(oid) as definition
            from pg_constraint
            where conrelid = @Table::regclass and conname = @Constraint
            """,
            new { Table = Names.Table(check.Table).ToString(), check.Constraint },
            cancel)).SingleOrDefault();
        return actual is null
            ? Measurement.Fail("missing", $"{check.Table} has no constraint {check.Constraint}.")
            : Measurement.OfDifferences($"{(actual.Validated ? "validated" : "not validated")}: {actual.Definition}", Differences(check, actual));
    }

    private static IReadOnlyList<string> Differences(ConstraintCheck check, ConstraintRow actual) =>
    [
        .. actual.Validated ? [] : new[] { "it is not validated: rows that were there before may break it" },
        .. check.Type is { } kind && Letter(kind) != actual.Type ? new[] { $"it is not a {ConstraintCheck.Words(kind)}" } : [],
        .. check.Definition is { } wanted && Plain(wanted) != Plain(actual.Definition) ? new[] { $"it is {actual.Definition}" } : [],
    ];

    private static string Letter(ConstraintKind kind) => kind switch
    {
        ConstraintKind.PrimaryKey => "p",
        ConstraintKind.ForeignKey => "f",
        ConstraintKind.Unique => "u",
        ConstraintKind.Check => "c",
        ConstraintKind.Exclusion => "x",
        _ => throw new InvalidOperationException($"No letter for {kind}."),
    };

    private static string Plain(string definition) => Spaces().Replace(definition, "").ToUpperInvariant();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    private sealed record ConstraintRow
    {
        public required string Type { get; init; }

        public required bool Validated { get; init; }

        public required string Definition { get; init; }
    }
}
