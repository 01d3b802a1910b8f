using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Host;

namespace Orchestrator.Tests.Compatibility;

/// <summary>One run of the conformance suite on the embedded service, durable, and one on the official server where it is at hand.</summary>
public sealed class SuiteRuns : IAsyncLifetime
{
    public const string Name = "conformance suite";
    public const string Suite = "temporal";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    internal IReadOnlyDictionary<string, ScenarioOutcome> Outcomes { get; private set; } = null!;

    /// <summary>Empty where there is nothing to compare with.</summary>
    internal IReadOnlyDictionary<string, ComparisonVerdict> Verdicts { get; private set; } = new Dictionary<string, ComparisonVerdict>();

    public async Task InitializeAsync()
    {
        var database = await TestCluster.CreateDatabaseAsync();
        string embedded;
        await using (var server = await EmbeddedTemporal.StartAsync(new() { Database = database }, NullLoggerFactory.Instance))
        {
            embedded = await ConformanceSuite.RecordAsync(Suite, server.Address, Limit);
        }

        await TestCluster.DropDatabaseAsync(database);
        Outcomes = ConformanceSuite.Outcomes(embedded);
        if (OfficialServer.IsAtHand)
        {
            var official = await ConformanceSuite.RecordAsync(Suite, await OfficialServer.AddressAsync(), Limit);
            Verdicts = await ConformanceSuite.CompareAsync(official, embedded);
        }
    }

    public Task DisposeAsync() => Task.CompletedTask;
}

[CollectionDefinition(SuiteRuns.Name)]
public sealed class SuiteRunsCollection : ICollectionFixture<SuiteRuns>;
