using System.Diagnostics;
using System.Text;

namespace Orchestrator.Tests.Cli;

/// <summary>What a command has said so far, and waiting until it says something.</summary>
internal sealed class Spoken
{
    /// <summary>Generous, because a machine that builds and tests at once is slow; nothing waits for it but a failure.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly StringBuilder _text = new();

    public void Add(string? text)
    {
        lock (_text)
        {
            _text.Append(text);
        }
    }

    public async Task HasAsync(string expected, Func<bool> hasEnded)
    {
        var waited = Stopwatch.StartNew();
        while (!ToString().Contains(expected, StringComparison.Ordinal))
        {
            Assert.False(hasEnded(), $"It ended before it said '{expected}'. It said: {this}");
            Assert.True(waited.Elapsed < Patience, $"It has not said '{expected}' for {Patience}. It said: {this}");
            await Task.Delay(20);
        }
    }

    public override string ToString()
    {
        lock (_text)
        {
            return _text.ToString();
        }
    }
}
