using Orchestrator.Workflows.Lint;

namespace Orchestrator.Cli.Plans;

/// <summary>The key <c>lint</c> of a plan: for which PostgreSQL, and what is allowed, each with its reason.</summary>
internal sealed record LintWishes(int Postgres, IReadOnlyList<Suppression> Allowed)
{
    // The oldest that is still maintained: what is safe there is safe on every newer one.
    private const int UsualPostgres = 14;

    public static LintWishes None { get; } = new(UsualPostgres, []);
}

internal static class LintReader
{
    public static LintWishes Read(YamlMap plan, PlanFindings findings)
    {
        if (plan.Map("lint") is not { } map)
        {
            return LintWishes.None;
        }

        var version = map.Number("postgres", LintWishes.None.Postgres);
        if (version is < LintSettings.OldestPostgres or > LintSettings.NewestPostgres)
        {
            findings.Add(map.At("postgres"), $"{version} is no version that the linter knows.", $"It knows {LintSettings.OldestPostgres} to {LintSettings.NewestPostgres}.");
            version = LintWishes.None.Postgres;
        }

        var allowed = map.Maps("allow").Select(entry => ReadAllowance(entry, findings)).ToList();
        map.RefuseOthers();
        return new LintWishes(version, allowed);
    }

    private static Suppression ReadAllowance(YamlMap map, PlanFindings findings)
    {
        var (line, column) = findings.PlaceOf(map.Path);
        var allowance = new Suppression(map.Text("rule", "Name the rule that a finding names."), map.Text("reason", "Say why it is right here."))
        {
            File = map.OptionalText("file"),
            Table = map.OptionalText("table"),
            DeclaredIn = PlanFolder.FileName,
            Line = (int)line,
            Column = (int)column,
        };
        map.RefuseOthers();
        return allowance;
    }
}
