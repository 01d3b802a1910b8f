using System.Diagnostics;
using Orchestrator.Cli.Embedded;

namespace Orchestrator.Tests.Server;

/// <summary>The service in a process of its own, to be killed and started again.</summary>
/// <param name="arguments">Where it keeps what it knows, as its flags say it.</param>
internal sealed class ServerProcess(int port, params string[] arguments) : IDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private Process? _process;

    public ServerProcess(string database, int port)
        : this(port, "--db", database)
    {
    }

    /// <summary>The folder of the user's state; null for that of whoever runs the test.</summary>
    public string? StateHome { get; init; }

    public string Address => $"127.0.0.1:{port}";

    public async Task StartAsync()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "temporal-dev-server.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--port", $"{port}", .. arguments])
        {
            RedirectStandardOutput = true,
        };
        if (StateHome is not null)
        {
            start.Environment["XDG_STATE_HOME"] = StateHome;
        }

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

    /// <summary>Asks it to end, as a service manager does, and tells how it did.</summary>
    public async Task<int> StopAsync()
    {
        Posix.AskToEnd(_process!.Id);
        using var patience = new CancellationTokenSource(StartTimeout);
        await _process.WaitForExitAsync(patience.Token);
        return _process.ExitCode;
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
