using Orchestrator.Workflows.Plan;

namespace Orchestrator.Tests.Plan;

public sealed class RuleTests
{
    [Theory]
    [InlineData("= 5", "5", Verdict.Pass)]
    [InlineData("= 5", "6", Verdict.Fail)]
    [InlineData("= 100 +- 5", "95", Verdict.Pass)]
    [InlineData("= 100 +- 5", "94.9", Verdict.Fail)]
    [InlineData("!= 0", "0", Verdict.Fail)]
    [InlineData(">= 200_000", "200000", Verdict.Pass)]
    [InlineData("<= 10", "10.01", Verdict.Fail)]
    [InlineData("> 1", "1", Verdict.Fail)]
    [InlineData("< 1", "0.5", Verdict.Pass)]
    public void A_measured_value_is_judged(string rule, string measured, Verdict verdict) =>
        Assert.Equal(verdict, Rule.TryParse(rule)!.Judge(decimal.Parse(measured)));

    [Fact]
    public void Nothing_measured_is_never_a_pass() => Assert.Equal(Verdict.Inconclusive, Rule.TryParse("= 0")!.Judge(null));

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("=")]
    [InlineData("=> 5")]
    [InlineData("= 5 +- -1")]
    [InlineData("about 5")]
    public void What_is_no_rule_is_not_taken_for_one(string text) => Assert.Null(Rule.TryParse(text));

    [Theory]
    [InlineData(">= 5")]
    [InlineData("= 100 +- 5")]
    public void A_rule_is_written_as_it_is_read(string text) => Assert.Equal(text, Rule.TryParse(text)!.ToString());
}
