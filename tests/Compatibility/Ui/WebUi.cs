using System.Diagnostics;
using Orchestrator.Tests.House;
using Orchestrator.Tests.Support;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Compatibility.Ui;

/// <summary>The official web UI's own process, where the machine has it: named by the environment, or beside the checkout.</summary>
internal sealed class WebUi : IAsyncDisposable
{
    private const string Variable = "TEMPORAL_UI";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly Process _process;

    private WebUi(Process process, string address) => (_process, Address) = (process, address);

    public static string? Program { get; } =
        new[] { Environment.GetEnvironmentVariable(Variable), Path.Combine(SourceTree.Root, "..", "shared", "temporal", "temporal-ui") }
            .FirstOrDefault(path => Judges.AreWanted && File.Exists(path));

    public string Address { get; }

    public static async Task<WebUi> StartAsync(string service)
    {
        var port = FreePort.Choose(preferred: null);
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$0\" >/dev/null 2>&1", Program!])
        {
            Environment = { ["TEMPORAL_ADDRESS"] = service, ["TEMPORAL_UI_PORT"] = $"{port}" },
        };
        var ui = new WebUi(Process.Start(start)!, $"127.0.0.1:{port}");
        await ui.AnswersAsync();
        return ui;
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task AnswersAsync()
    {
        using var http = new HttpClient();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                (await http.GetAsync(new Uri($"http://{Address}/healthz"))).EnsureSuccessStatusCode();
                return;
            }
            catch (HttpRequestException) when (waited.Elapsed < StartLimit && !_process.HasExited)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }
}
