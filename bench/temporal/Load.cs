using System.Diagnostics;
using Temporalio.Client;

namespace Orchestrator.Bench.Temporal;

/// <summary>So many clients, each on a connection of its own, that do the same thing again and again for a while.</summary>
internal static class Load
{
    /// <summary>The official server refuses the ten-thousandth signal of a run.</summary>
    private const int SignalsOfOneRun = 2000;

    /// <summary>Nobody polls it: a worker would take in signals more slowly than any server, and be busy with them long after.</summary>
    private const string SignalQueue = "bench-signals";

    public static async Task<Measured> RunAsync(Contestant contestant, LoadKind kind, int clients, TimeSpan duration)
    {
        var connections = await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => TemporalClient.ConnectAsync(new(contestant.Address))));
        var samples = new Samples();
        var before = contestant.ProcessorTimes;
        var clock = Stopwatch.StartNew();
        var working = Task.WhenAll(connections.Select(client => kind == LoadKind.Workflows
            ? WorkflowsAsync(client, samples, clock, duration)
            : SignalsAsync(client, samples, clock, duration)));
        await Task.WhenAny(Task.Delay(duration), working);
        // What ends after the time is over waits for others that end, too, and would count for too much.
        var rate = samples.Count / clock.Elapsed.TotalSeconds;
        await working;
        return new Measured(rate, samples.Calls, samples.Wholes, (contestant.ProcessorTimes - before) / samples.Count);
    }

    private static async Task WorkflowsAsync(TemporalClient client, Samples samples, Stopwatch clock, TimeSpan duration)
    {
        for (var number = 0; clock.Elapsed < duration; number++)
        {
            var begun = Stopwatch.GetTimestamp();
            var handle = await client.StartWorkflowAsync("once", [number], new($"once-{Guid.NewGuid()}", Contestant.Queue));
            var started = Stopwatch.GetElapsedTime(begun);
            var result = await handle.GetResultAsync<int>();
            samples.Add(started, Stopwatch.GetElapsedTime(begun));
            if (result != number + 1)
            {
                throw new InvalidOperationException($"{handle.Id} answered {result} and not {number + 1}.");
            }
        }
    }

    private static async Task SignalsAsync(TemporalClient client, Samples samples, Stopwatch clock, TimeSpan duration)
    {
        while (clock.Elapsed < duration)
        {
            var handle = await client.StartWorkflowAsync("signalled", [], new($"signalled-{Guid.NewGuid()}", SignalQueue));
            for (var sent = 0; sent < SignalsOfOneRun && clock.Elapsed < duration; sent++)
            {
                var begun = Stopwatch.GetTimestamp();
                await handle.SignalAsync("go", [sent]);
                var taken = Stopwatch.GetElapsedTime(begun);
                samples.Add(taken, taken);
            }

            await handle.TerminateAsync("enough");
        }
    }
}
