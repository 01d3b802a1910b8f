using System.Diagnostics;
using System.Runtime;
using Temporalio.Common;
using Temporalio.Worker;

namespace Orchestrator.Bench.Sdk;

/// <summary>Activations a second: replay workers side by side, each given one history after the other.</summary>
internal sealed record Replays(int Ticks, bool Watched)
{
    private const int SideBySide = 8;
    private const int ActivationsARound = 20_000;
    private const int Rounds = 9;

    // The runtime compiles what is hot a second and a third time, in the background; that is over after some 100,000 activations.
    private const int WarmRounds = 6;

    private int HistoriesEach => Math.Max(1, ActivationsARound / SideBySide / Ticks);

    private int ActivationsEachRound => HistoriesEach * SideBySide * (Ticks + 1);

    public async Task MeasureAsync()
    {
        for (var round = 0; round < WarmRounds; round++)
        {
            Console.WriteLine($"warming up: {await RoundAsync():N0} activations/s");
        }

        var compiling = JitInfo.GetCompilationTime();
        var allocated = GC.GetTotalAllocatedBytes();
        var before = Processors.Used();
        var rates = new List<double>();
        for (var round = 0; round < Rounds; round++)
        {
            rates.Add(await RoundAsync());
        }

        var (own, core) = Processors.Used() - before;
        var activations = (double)ActivationsEachRound * Rounds;
        Console.WriteLine($"{rates.Max():N0} activations/s at best, {rates.Order().ElementAt(Rounds / 2):N0} in the middle, histories of {Ticks} timers, scheduler {(Watched ? "watched" : "unwatched")}");
        Console.WriteLine(
            $"one activation: {own.TotalMicroseconds / activations:N0} us of processor time in .NET ({(JitInfo.GetCompilationTime() - compiling).TotalMicroseconds / activations:N0} us of it still compiling), " +
            $"{core.TotalMicroseconds / activations:N0} us in the core's process; {(GC.GetTotalAllocatedBytes() - allocated) / activations:N0} bytes allocated");
    }

    private async Task<double> RoundAsync()
    {
        var histories = Enumerable.Range(0, HistoriesEach).Select(_ => TickingHistory.Of(Ticks)).ToList();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, SideBySide).Select(_ => ReplayAsync(histories)));
        return ActivationsEachRound / clock.Elapsed.TotalSeconds;
    }

    private async Task ReplayAsync(IReadOnlyList<WorkflowHistory> histories)
    {
        var options = new WorkflowReplayerOptions { DisableWorkflowTracingEventListener = !Watched }.AddWorkflow<Ticking>();
        await new WorkflowReplayer(options).ReplayWorkflowsAsync(histories, throwOnReplayFailure: true);
    }
}
