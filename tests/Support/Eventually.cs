using System.Diagnostics;

namespace Orchestrator.Tests.Support;

/// <summary>Waits for a condition that no event announces. The deadline's message says what was seen last.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(5);

    // Who has to be asked over the network should have the time to do something else as well.
    private static readonly TimeSpan AskEvery = TimeSpan.FromMilliseconds(50);

    public static Task EqualAsync<T>(T expected, Func<T> look) => EqualAsync(expected, () => Task.FromResult(look()), LookEvery);

    public static Task EqualAsync<T>(T expected, Func<Task<T>> ask) => EqualAsync(expected, ask, AskEvery);

    /// <summary>The first answer with something in it.</summary>
    public static async Task<IReadOnlyList<T>> SomeAsync<T>(Func<Task<IReadOnlyList<T>>> ask)
    {
        IReadOnlyList<T> seen = [];
        await EqualAsync(true, async () => (seen = await ask()).Count > 0);
        return seen;
    }

    private static async Task EqualAsync<T>(T expected, Func<Task<T>> look, TimeSpan every)
    {
        var waiting = Stopwatch.StartNew();
        for (var seen = await look(); !EqualityComparer<T>.Default.Equals(expected, seen); seen = await look())
        {
            Assert.True(waiting.Elapsed < Deadline, $"Expected {expected}, still saw {seen} after {Deadline}.");
            // Not a guess at how long it takes: only how often to look.
            await Task.Delay(every);
        }
    }
}
