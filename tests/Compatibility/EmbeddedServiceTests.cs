using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Host;

namespace Orchestrator.Tests.Compatibility;

/// <summary>The embedded service, with its histories in PostgreSQL, before the official client and worker.</summary>
public sealed class EmbeddedServiceTests(EmbeddedServiceTests.Run run) : IClassFixture<EmbeddedServiceTests.Run>
{
    private const string Suite = "temporal";

    public static TheoryData<string> Served =>
        [.. ConformanceSuite.Scenarios(Suite).Where(scenario => !NotYet.All.Any(gap => gap.Covers(scenario)))];

    [Theory]
    [MemberData(nameof(Served))]
    public void The_embedded_service_behaves_like_the_official_one(string scenario)
    {
        var outcome = Assert.Contains(scenario, run.Outcomes);

        Assert.True(outcome.Outcome == "passed", $"{outcome.Outcome}: {outcome.Error ?? outcome.Reason}");
    }

    [Fact]
    public void What_is_listed_as_missing_is_missing() => Assert.All(NotYet.All, gap =>
    {
        var covered = run.Outcomes.Values.Where(outcome => gap.Covers(outcome.Name)).ToList();

        Assert.NotEmpty(covered);
        Assert.True(covered.Exists(outcome => outcome.Outcome != "passed"), $"'{gap.Scenarios}' passes now: take it out of not-yet.json.");
    });

    [Fact]
    public void Every_scenario_that_ran_is_known_by_name() =>
        Assert.Equal(ConformanceSuite.Scenarios(Suite).Order(), run.Outcomes.Keys.Order());

    public sealed class Run : IAsyncLifetime
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

        internal IReadOnlyDictionary<string, ScenarioOutcome> Outcomes { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var database = await TestCluster.CreateDatabaseAsync();
            await using (var server = await EmbeddedTemporal.StartAsync(new() { Database = database }, NullLoggerFactory.Instance))
            {
                Outcomes = await ConformanceSuite.RunAsync(Suite, server.Address, Limit);
            }

            await TestCluster.DropDatabaseAsync(database);
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
