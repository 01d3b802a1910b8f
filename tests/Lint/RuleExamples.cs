using Orchestrator.Workflows.Lint;

namespace Orchestrator.Tests.Lint;

internal static class RuleExamples
{
    public static LintRule Rule(string id) => LintRules.All.Single(rule => rule.Id == id);

    public static LintReport Lint(LintRule rule, IReadOnlyList<string> files, int? version = null) =>
        PlanLinter.Lint(
            [.. files.Select((text, index) => new LintFile($"sql/{index + 1:000}.sql", text))],
            rule.Example.Settings(new LintSettings { PostgresVersion = version ?? Math.Max(15, rule.Example.Since) }));
}
