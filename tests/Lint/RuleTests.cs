using System.Reflection;
using System.Text.RegularExpressions;
using Orchestrator.Workflows.Lint;

namespace Orchestrator.Tests.Lint;

public sealed partial class RuleTests
{
    public static TheoryData<string> Ids => [.. LintRules.All.Select(rule => rule.Id)];

    [Fact]
    public void Each_rule_that_is_written_is_registered_once()
    {
        var written = typeof(LintRule).Assembly.GetTypes()
            .SelectMany(type => type.GetProperties(BindingFlags.Static | BindingFlags.Public))
            .Where(property => property.PropertyType == typeof(LintRule))
            .Select(property => ((LintRule)property.GetValue(null)!).Id)
            .Order();

        Assert.Equal(written, LintRules.All.Select(rule => rule.Id).Order());
        Assert.Equal(LintRules.All.Length, LintRules.All.DistinctBy(rule => rule.Id).Count());
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_rule_says_what_it_is_about(string id)
    {
        var rule = RuleExamples.Rule(id);

        Assert.Matches(KebabCase(), rule.Id);
        Assert.InRange(rule.Title.Length, 15, 90);
        Assert.False(rule.Title.EndsWith('.'));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_bad_example_is_found_and_the_good_one_is_not(string id)
    {
        var rule = RuleExamples.Rule(id);

        Assert.Contains(RuleExamples.Lint(rule, rule.Example.Bad).Findings, finding => finding.Rule == id);
        Assert.DoesNotContain(RuleExamples.Lint(rule, rule.Example.Good).Findings, finding => finding.Rule == id || finding.Severity == Severity.Error);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_finding_says_where_why_and_what_to_do(string id)
    {
        var rule = RuleExamples.Rule(id);

        Assert.All(RuleExamples.Lint(rule, rule.Example.Bad).Findings.Where(finding => finding.Rule == id), finding =>
        {
            Assert.Equal(rule.Severity, finding.Severity);
            Assert.True(finding.At is { Line: >= 1, Column: >= 1 });
            Assert.EndsWith(".", finding.Risk, StringComparison.Ordinal);
            Assert.Matches("[.?']$", finding.Safer.Advice);
            Assert.Null(finding.AllowedBecause);
        });
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_safer_form_is_not_found_again(string id)
    {
        var rule = RuleExamples.Rule(id);
        var safer = RuleExamples.Lint(rule, rule.Example.Bad).Findings.First(finding => finding.Rule == id).Safer;

        var again = RuleExamples.Lint(rule, [.. rule.Example.Bad[..^1], .. safer.Files]);

        Assert.DoesNotContain(again.Findings, finding => finding.Rule == id || finding.Severity == Severity.Error);
    }

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex KebabCase();
}
