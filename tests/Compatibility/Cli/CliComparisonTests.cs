using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Tests.Support;
using TemporalDev.Server.Host;
using Temporalio.Client;
using Temporalio.Worker;

namespace Orchestrator.Tests.Compatibility.Cli;

/// <summary>The official command line tool says the same of our service and of the official one.</summary>
public sealed class CliComparisonTests(CliComparisonTests.Servers servers) : IClassFixture<CliComparisonTests.Servers>
{
    private static readonly TimeSpan SettlingLimit = TimeSpan.FromSeconds(3);

    // They change nothing, so they may be asked again until what is under way has settled.
    private static readonly ImmutableArray<string> Reading = ["list", "count", "describe", "show", "query"];

    public static TheoryData<string> Scenarios => [.. CliScenario.All.Select(scenario => scenario.Name)];

    [OfficialServerTheory]
    [MemberData(nameof(Scenarios))]
    public async Task The_official_tool_sees_no_difference(string name)
    {
        var scenario = CliScenario.All.Single(item => item.Name == name);
        var id = $"cli-{Guid.NewGuid():N}";
        var differences = new List<string>();
        foreach (var command in scenario.Commands)
        {
            if (await DifferenceAsync(command.Replace("{id}", id, StringComparison.Ordinal)) is { } difference)
            {
                differences.Add(difference);
            }
        }

        Assert.True(differences.Count == 0, string.Join("\n\n", differences));
    }

    [OfficialServerTheory]
    [InlineData("workflow signal --name Note --query WorkflowType='Order' --reason all --yes")]
    [InlineData("workflow terminate --query WorkflowType='Order' --reason all --yes")]
    [InlineData("batch list")]
    public async Task Batches_are_refused_by_name(string command)
    {
        var refused = await servers.Embedded.RunAsync([.. CliScenario.Words(command)]);

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("BatchOperation", refused.Errors);
    }

    private async Task<string?> DifferenceAsync(string command)
    {
        var words = CliScenario.Words(command).ToList();
        var mayAskAgain = words.Take(2).Any(Reading.Contains);
        var settling = Stopwatch.StartNew();
        while (true)
        {
            var outcomes = await Task.WhenAll(servers.Both.Select(side => side.RunAsync(words)));
            if (Difference(command, outcomes[0], outcomes[1]) is not { } difference)
            {
                return null;
            }

            if (!mayAskAgain || settling.Elapsed > SettlingLimit)
            {
                return difference;
            }
        }
    }

    private static string? Difference(string command, CliOutcome official, CliOutcome ours)
    {
        var (expected, seen) = (ComparableJson.Of(official.Output), ComparableJson.Of(ours.Output));
        return official.ExitCode == ours.ExitCode && expected == seen
            ? null
            : $"temporal {command}\n{TextDifference.Of($"exit {official.ExitCode}\n{expected}", $"exit {ours.ExitCode}\n{seen}")}\n{official.Errors.Trim()}\n{ours.Errors.Trim()}";
    }

    public sealed class Servers : IAsyncLifetime
    {
        private EmbeddedTemporal? _embedded;

        /// <summary>The official one first.</summary>
        internal ImmutableArray<CliSide> Both { get; private set; }

        internal CliSide Embedded => Both[1];

        public async Task InitializeAsync()
        {
            if (!OfficialServer.IsAtHand)
            {
                return;
            }

            _embedded = await EmbeddedTemporal.StartAsync(new() { SearchAttributes = OfficialServer.SearchAttributes }, NullLoggerFactory.Instance);
            Both = [await CliSide.StartAsync(await OfficialServer.AddressAsync()), await CliSide.StartAsync(_embedded.Address)];
        }

        public async Task DisposeAsync()
        {
            if (_embedded is null)
            {
                return;
            }

            foreach (var side in Both)
            {
                await side.DisposeAsync();
            }

            await _embedded.DisposeAsync();
        }
    }
}

/// <summary>A server, a worker for it, and the tool that asks it.</summary>
internal sealed class CliSide : IAsyncDisposable
{
    private readonly OfficialCli _cli;
    public string Queue { get; } = $"cli-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _worker;

    private CliSide(string address, TemporalClient client)
    {
        _cli = new OfficialCli(address);
        _worker = WorkAsync(client);
    }

    public static async Task<CliSide> StartAsync(string address) => new(address, await TemporalClient.ConnectAsync(new(address)));

    public async Task<CliOutcome> RunAsync(IReadOnlyList<string> words)
    {
        var outcome = await _cli.RunAsync(words.Select(word => word.Replace("{queue}", Queue, StringComparison.Ordinal)));
        return outcome with { Output = outcome.Output.Replace(Queue, "QUEUE", StringComparison.Ordinal) };
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _worker.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task WorkAsync(TemporalClient client)
    {
        var options = new TemporalWorkerOptions(Queue) { Identity = "worker", WorkflowStackTrace = WorkflowStackTrace.Normal }.AddWorkflow<OrderWorkflow>().AddActivity(OrderActivities.Deliver).AddActivity(OrderActivities.Refuse);
        using var worker = new TemporalWorker(client, options);
        await worker.ExecuteAsync(_stop.Token);
    }
}
