using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orchestrator.Tests.House;
using Temporalio.Api.Enums.V1;
using Temporalio.Client;

namespace Orchestrator.Tests.Support;

/// <summary>
/// The official Temporal development server, where the machine has it: one for the whole test run, in memory. The
/// environment variable names the CLI's file; otherwise it is looked for on the PATH.
/// </summary>
internal static class OfficialServer
{
    private const string CliVariable = "TEMPORAL_CLI";

    public static readonly IReadOnlyDictionary<string, IndexedValueType> SearchAttributes = new Dictionary<string, IndexedValueType>
    {
        ["CustomKeywordField"] = IndexedValueType.Keyword,
        ["CustomIntField"] = IndexedValueType.Int,
    };

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly Lock Gate = new();
    private static Task<string>? _server;

    // Kept, because a collected process closes its input, and with it the server.
    private static readonly List<Process> Kept = [];

    public const string NotAtHand = "not at hand: the official Temporal CLI (TEMPORAL_CLI, or in shared/temporal beside the checkout, or on the PATH)";

    public static bool IsAtHand => Cli is not null;

    /// <summary>The program itself; null where it is not at hand.</summary>
    public static string? Cli { get; } = FindCli();

    /// <summary><c>host:port</c></summary>
    public static Task<string> AddressAsync()
    {
        lock (Gate)
        {
            return _server ??= StartAsync();
        }
    }

    public static async Task<TemporalClient> ConnectAsync(Action<TemporalClientConnectOptions>? configure = null)
    {
        var options = new TemporalClientConnectOptions(await AddressAsync());
        configure?.Invoke(options);
        return await TemporalClient.ConnectAsync(options);
    }

    private static string? FindCli()
    {
        if (!Judges.AreWanted)
        {
            return null;
        }

        if (Environment.GetEnvironmentVariable(CliVariable) is { Length: > 0 } named)
        {
            return named;
        }

        var beside = Path.Combine(SourceTree.Root, "..", "shared", "temporal");
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Prepend(beside)
            .Select(folder => Path.Combine(folder, "temporal"))
            .FirstOrDefault(File.Exists);
    }

    private static async Task<string> StartAsync()
    {
        var port = FreePort();
        // The shell ends the server when its own input ends, which happens however this process comes to its end.
        var start = new ProcessStartInfo("/bin/sh")
        {
            ArgumentList =
            {
                "-c",
                "\"$0\" server start-dev --headless --ip 127.0.0.1 --port \"$1\" --log-level error"
                    // Several partitions of a queue would let tasks overtake each other.
                    + " --dynamic-config-value matching.numTaskqueueReadPartitions=1"
                    + " --dynamic-config-value matching.numTaskqueueWritePartitions=1"
                    + string.Concat(SearchAttributes.Select(attribute => $" --search-attribute {attribute.Key}={attribute.Value}"))
                    + " </dev/null >/dev/null 2>&1 &"
                    + " server=$!; cat >/dev/null; kill $server",
                Cli!,
                port.ToString(),
            },
            RedirectStandardInput = true,
        };
        Kept.Add(Process.Start(start)!);
        return await AnsweringAsync($"127.0.0.1:{port}");
    }

    private static async Task<string> AnsweringAsync(string address)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                var client = await TemporalClient.ConnectAsync(new(address));
                await client.WorkflowService.DescribeNamespaceAsync(new() { Namespace = "default" });
                return address;
            }
            catch (Exception e) when (e is InvalidOperationException or Temporalio.Exceptions.RpcException && waited.Elapsed < StartLimit)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}

/// <summary>A theory against <see cref="OfficialServer" />, skipped on machines without it.</summary>
public sealed class OfficialServerTheoryAttribute : TheoryAttribute
{
    public OfficialServerTheoryAttribute() => Skip = OfficialServer.IsAtHand ? null : OfficialServer.NotAtHand;
}
