using System.Diagnostics;

namespace Orchestrator.Tests.Server;

/// <summary>The service in a process of its own, to be killed and started again.</summary>
internal sealed class ServerProcess(string database, int port) : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private Process? _process;

    public string Address => $"127.0.0.1:{port}";

    public async Task StartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "temporal-dev-server.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--port", $"{port}", "--db", database])
        {
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(StartTimeout);
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token);
        Assert.Equal($"Temporal service on {Address}", line);
    }

    public async Task RestartAsync()
    {
        Kill();
        await StartAsync();
    }

    public void Dispose() => Kill();

    private void Kill()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process?.Dispose();
        _process = null;
    }
}
