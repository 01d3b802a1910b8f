using System.Diagnostics;
using Temporalio.Worker;

namespace Orchestrator.Bench.Sdk;

/// <summary>Activations a second: histories replayed side by side, here and by the TypeScript worker on the same core.</summary>
internal static class Program
{
    private const int Ticks = 1000;
    private const int SideBySide = 8;
    private const int Rounds = 5;

    public static async Task Main(string[] arguments)
    {
        if (arguments is ["history"])
        {
            Console.WriteLine(TickingHistory.JsonOf(Ticks));
            return;
        }

        var watched = !arguments.Contains("unwatched");
        // The first round compiles; it is shown, not counted.
        Console.WriteLine($"cold: {await RoundAsync(watched):N0} activations/s");
        var before = Processors.Used();
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            rates.Add(await RoundAsync(watched));
        }

        var (own, core) = Processors.Used() - before;
        var activations = (Ticks + 1) * SideBySide * Rounds;
        Console.WriteLine(
            $"{rates.Max():N0} activations/s at best, {rates.Order().ElementAt(Rounds / 2):N0} in the middle; processor time of one: " +
            $"{own.TotalMicroseconds / activations:N0} us in .NET, {core.TotalMicroseconds / activations:N0} us in the core's process; scheduler {(watched ? "watched" : "unwatched")}");
    }

    private static async Task<double> RoundAsync(bool watched)
    {
        var replays = Enumerable.Range(0, SideBySide).Select(_ => TickingHistory.Of(Ticks)).ToList();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(replays.Select(history => new WorkflowReplayer(
            new WorkflowReplayerOptions { DisableWorkflowTracingEventListener = !watched }.AddWorkflow<Ticking>()).ReplayWorkflowAsync(history)));
        return (Ticks + 1) * SideBySide / clock.Elapsed.TotalSeconds;
    }
}
