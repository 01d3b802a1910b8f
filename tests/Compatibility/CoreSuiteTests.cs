using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.House;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Host;
using Temporalio.Api.Enums.V1;

namespace Orchestrator.Tests.Compatibility;

/// <summary>The integration tests of the official core, whose worker and client nobody here wrote, against the durable service.</summary>
public sealed partial class CoreSuiteTests
{
    /// <summary>What temporal-dev/README.md explains may fail, and a few more for what a busy machine does to time-outs.</summary>
    private const int Least = 300;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(15);

    [CoreSuiteFact]
    public async Task The_official_core_passes_its_own_tests_on_the_service()
    {
        var database = await TestCluster.CreateDatabaseAsync();
        var options = new TemporalOptions
        {
            Database = database,
            SearchAttributes = new Dictionary<string, IndexedValueType> { ["CustomTextField"] = IndexedValueType.Text, ["CustomIntField"] = IndexedValueType.Int },
        };
        string output;
        await using (var server = await EmbeddedTemporal.StartAsync(options, NullLoggerFactory.Instance))
        {
            output = await RunAsync(server.Address);
        }

        await TestCluster.DropDatabaseAsync(database);
        var totals = Totals().Match(output);
        Assert.True(totals.Success && int.Parse(totals.Groups["passed"].Value) >= Least, output);
    }

    private static async Task<string> RunAsync(string address)
    {
        using var suite = Process.Start(new ProcessStartInfo(CoreSuiteFactAttribute.Program, [address]) { RedirectStandardOutput = true })!;
        using var ending = new CancellationTokenSource(Limit);
        try
        {
            return await suite.StandardOutput.ReadToEndAsync(ending.Token);
        }
        catch (OperationCanceledException)
        {
            suite.Kill(entireProcessTree: true);
            throw new TimeoutException($"The suite did not end within {Limit}.");
        }
    }

    [GeneratedRegex(@"core-suite: (?<passed>\d+) of \d+ passed")]
    private static partial Regex Totals();
}

/// <summary>Takes minutes: only where the suite is at hand and <c>CORE_SUITE=run</c> asks for it.</summary>
public sealed class CoreSuiteFactAttribute : FactAttribute
{
    public static readonly string Program = Path.Combine(SourceTree.Root, "..", "shared", "temporal", "core-suite");

    public CoreSuiteFactAttribute() => Skip = Environment.GetEnvironmentVariable("CORE_SUITE") != "run"
        ? "not asked for: CORE_SUITE=run"
        : File.Exists(Program) ? null : "not at hand: the official core's tests (core-suite, in shared/temporal beside the checkout)";
}
