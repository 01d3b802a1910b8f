using Orchestrator.Tests.Support;

namespace Orchestrator.Tests.Compatibility;

/// <summary>The same scenarios on the official server and on the embedded one: the histories are the same, event by event.</summary>
[Collection(SuiteRuns.Name)]
public sealed class OfficialComparisonTests(SuiteRuns runs)
{
    public static TheoryData<string> Comparable => EmbeddedServiceTests.Served;

    [OfficialServerTheory]
    [MemberData(nameof(Comparable))]
    public void Both_services_write_the_same_history(string scenario)
    {
        var verdict = Assert.Contains(scenario, runs.Verdicts);

        // What the official server itself was too slow for on this machine is no yardstick; ours has a test of its own.
        var differences = verdict.Differences.Where(each => each is not { Mark: "-", Key: "failed" });
        Assert.Empty(differences.Select(each => $"{each.Mark} {each.Key} {each.Part}"));
    }
}
