using Orchestrator.Workflows.Lint;

namespace Orchestrator.Tests.Lint;

public sealed class LinterFuzzTests
{
    private static readonly LintSettings Settings = new() { PostgresVersion = 18, RunnerSetsLockTimeout = false };

    [Fact]
    public void No_text_makes_the_linter_fail_or_point_outside_of_it() => Assert.All(TokenSoup.Texts(10_000), text => Check(text.Sql));

    [Fact]
    public void Examples_of_the_rules_with_words_lost_doubled_and_swapped_do_no_harm_either()
    {
        var found = new HashSet<string>();
        foreach (var sql in TokenSoup.Mutations([.. LintRules.All.Select(rule => string.Join('\n', rule.Example.Bad))], 5_000))
        {
            found.UnionWith(Check(sql));
        }

        Assert.True(found.Count > LintRules.All.Length / 2, $"Only {found.Count} rules were reached.");
    }

    [Fact]
    public void Nesting_without_end_is_no_danger_to_the_stack()
    {
        var nested = string.Concat(Enumerable.Repeat("do $$ begin execute 'do $x$ begin ' ; with a as (", 5_000));

        Assert.True(PlanLinter.Lint([new("1.sql", nested)], Settings).HasErrors);
    }

    private static IEnumerable<string> Check(string sql)
    {
        var report = PlanLinter.Lint([new("1.sql", sql), new("2.sql", sql) { Role = FileRole.Undo }], Settings);

        var lines = sql.Split('\n', '\r').Length;
        Assert.All(report.Findings.Concat(report.Allowed), finding => Assert.InRange(finding.At.Line, 1, lines));
        return report.Findings.Select(finding => finding.Rule);
    }
}
