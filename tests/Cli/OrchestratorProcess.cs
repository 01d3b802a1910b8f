using System.Diagnostics;

namespace Orchestrator.Tests.Cli;

/// <summary>The real command in a process of its own, as a user starts it.</summary>
internal sealed class OrchestratorProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Spoken _said = new();
    private readonly Task _reading;

    private OrchestratorProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput), ReadAsync(process.StandardError));
    }

    public int Id => _process.Id;

    public string Said => _said.ToString();

    public static OrchestratorProcess Start(string home, string[] arguments, params (string Name, string? Value)[] environment) =>
        Start("orchestrator.dll", home, arguments, environment);

    /// <summary>A worker by itself, as it runs on a server.</summary>
    public static OrchestratorProcess StartWorker(string home, params (string Name, string? Value)[] environment) =>
        Start("Orchestrator.Worker.dll", home, [], environment);

    private static OrchestratorProcess Start(string program, string home, string[] arguments, (string Name, string? Value)[] environment) =>
        new(Process.Start(StartOf(Path.Combine(AppContext.BaseDirectory, program), home, arguments, environment))!);

    /// <summary>With the given environment, and nothing of what the tests' own says about stacks.</summary>
    public static ProcessStartInfo StartOf(string program, string home, string[] arguments, (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ORCHESTRATOR_HOME"] = home;
        foreach (var name in new[] { "TEMPORAL_ADDRESS", "TEMPORAL_PROFILE", "TEMPORAL_CONFIG_FILE", "ORCHESTRATOR_LEDGER", "ORCHESTRATOR_LOCAL" })
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public Task SaysAsync(string expected) => _said.HasAsync(expected, () => _process.HasExited);

    public async Task TypeAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Spoken.Patience);
        await _process.WaitForExitAsync(limit.Token);
        await _reading;
        return _process.ExitCode;
    }

    /// <summary>What Ctrl-C and a service manager do: ask.</summary>
    public async Task<int> InterruptAsync()
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -TERM {_process.Id}"]);
        await kill.WaitForExitAsync();
        return await ExitAsync();
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            _said.Add(line + Environment.NewLine);
        }
    }
}
