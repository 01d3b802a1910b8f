using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>Waits for a condition that no event announces. The deadline's message says what was seen last.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    public static async Task EqualAsync<T>(T expected, Func<T> look)
    {
        var waiting = Stopwatch.StartNew();
        for (var seen = look(); !EqualityComparer<T>.Default.Equals(expected, seen); seen = look())
        {
            Assert.True(waiting.Elapsed < Deadline, $"Expected {expected}, still saw {seen} after {Deadline}.");
            // Not a guess at how long it takes: only how often to look.
            await Task.Delay(LookEvery);
        }
    }
}
