using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Compatibility;

/// <summary>The embedded service, with its histories in PostgreSQL, before the official client and worker.</summary>
[Collection(SuiteRuns.Name)]
public sealed class EmbeddedServiceTests(SuiteRuns runs)
{
    public static TheoryData<string> Served =>
        [.. ConformanceSuite.Scenarios(SuiteRuns.Suite).Where(scenario => !NotYet.All.Any(gap => gap.Covers(scenario)))];

    [Theory]
    [MemberData(nameof(Served))]
    public void The_embedded_service_behaves_like_the_official_one(string scenario)
    {
        var outcome = Assert.Contains(scenario, runs.Outcomes);

        Assert.True(outcome.Outcome == "passed", $"{outcome.Outcome}: {outcome.Error ?? outcome.Reason}");
    }

    [Fact]
    public void What_is_listed_as_missing_is_missing() => Assert.All(NotYet.All, gap =>
    {
        var covered = runs.Outcomes.Values.Where(outcome => gap.Covers(outcome.Name)).ToList();

        Assert.NotEmpty(covered);
        Assert.True(covered.Exists(outcome => outcome.Outcome != "passed"), $"'{gap.Scenarios}' passes now: take it out of not-yet.json.");
    });

    [Fact]
    public void Every_scenario_that_ran_is_known_by_name() =>
        Assert.Equal(ConformanceSuite.Scenarios(SuiteRuns.Suite).Order(), runs.Outcomes.Keys.Order());
}
