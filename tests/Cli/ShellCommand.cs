using System.Diagnostics;
using System.Text;

namespace Orchestrator.Tests.Cli;

/// <summary>A command that runs in an <see cref="OrchestratorShell" />.</summary>
internal sealed class ShellCommand(string[] arguments)
{
    // Generous, because a machine that builds and tests at once is slow; nothing waits for it but a failure.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly StringBuilder _said = new();
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    public async Task SaysAsync(string expected)
    {
        var waited = Stopwatch.StartNew();
        while (!Said.Contains(expected, StringComparison.Ordinal))
        {
            Assert.False(_exit.Task.IsCompleted, $"It ended before it said '{expected}'. It said: {Said}");
            Assert.True(waited.Elapsed < Patience, $"It has not said '{expected}' for {Patience}. It said: {Said}");
            await Task.Delay(20);
        }
    }

    public async Task<int> ExitAsync()
    {
        try
        {
            return await _exit.Task.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"{string.Join(' ', arguments)} has not ended for {Patience}. It said: {Said}");
        }
    }

    internal void Hear(string? text, int? code)
    {
        lock (_said)
        {
            _said.Append(text);
        }

        if (code is { } exit)
        {
            _exit.TrySetResult(exit);
        }
    }
}
