namespace Orchestrator.Bench.Temporal;

internal sealed record LoadOf(LoadKind Kind, int Clients);

internal sealed record ContestantResult(ContestantKind Kind, IReadOnlyDictionary<LoadOf, IReadOnlyList<Measured>> Loads)
{
    public required TimeSpan FirstStart { get; init; }

    public required TimeSpan Restart { get; init; }

    public required long ServerMebibytes { get; init; }
}

/// <summary>Everything in turns, so that what else the machine does falls on everybody.</summary>
internal sealed class Rounds(BenchOptions options, Field field)
{
    private static readonly LoadOf WarmUp = new(LoadKind.Workflows, 10);
    private static readonly TimeSpan WarmUpDuration = TimeSpan.FromSeconds(2);

    private readonly Dictionary<(ContestantKind Contestant, LoadOf Load), List<Measured>> _measured = [];

    public async Task<IReadOnlyList<ContestantResult>> RunAsync()
    {
        var loads = options.Clients.SelectMany(clients => new[] { new LoadOf(LoadKind.Workflows, clients), new LoadOf(LoadKind.Signals, clients) }).ToList();
        foreach (var contestant in field.Contestants)
        {
            // Code is compiled and caches are filled: not counted.
            await Load.RunAsync(contestant, WarmUp.Kind, WarmUp.Clients, WarmUpDuration);
        }

        for (var round = 0; round < options.Rounds; round++)
        {
            foreach (var load in loads)
            {
                await InTurnsAsync(load, round);
            }
        }

        var results = new List<ContestantResult>();
        foreach (var contestant in field.Contestants)
        {
            results.Add(await ResultAsync(contestant, loads));
        }

        return results;
    }

    private async Task InTurnsAsync(LoadOf load, int round)
    {
        // Whoever comes first in one round comes later in the next.
        var all = field.Contestants;
        foreach (var contestant in Enumerable.Range(0, all.Count).Select(index => all[(index + round) % all.Count]))
        {
            var measured = await Load.RunAsync(contestant, load.Kind, load.Clients, options.Duration);
            if (!_measured.TryGetValue((contestant.Kind, load), out var rounds))
            {
                _measured[(contestant.Kind, load)] = rounds = [];
            }

            rounds.Add(measured);
            Console.WriteLine($"round {round + 1}, {Report.Name(contestant.Kind)}, {load.Clients} clients: {measured.Rate:0} {Report.Name(load.Kind)}/s");
        }
    }

    private async Task<ContestantResult> ResultAsync(Contestant contestant, List<LoadOf> loads)
    {
        var memory = contestant.ServerMebibytes;
        return new(contestant.Kind, loads.ToDictionary(load => load, IReadOnlyList<Measured> (load) => _measured[(contestant.Kind, load)]))
        {
            FirstStart = contestant.FirstStart,
            ServerMebibytes = memory,
            Restart = await contestant.RestartAsync(),
        };
    }
}
