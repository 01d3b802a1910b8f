namespace Orchestrator.Bench.Temporal;

/// <summary>Medians over the rounds, and what the embedded service is as a multiple of the official one.</summary>
internal static class Report
{
    private const int NameWidth = -18;
    private const int ValueWidth = 10;
    private const int CellWidth = 22;

    public static void Write(TextWriter output, BenchOptions options, IReadOnlyList<ContestantResult> results)
    {
        output.WriteLine();
        output.WriteLine($"{options.Rounds} rounds of {options.Duration.TotalSeconds:0} s each, {options.Worker} worker, {Environment.ProcessorCount} processors");
        foreach (var kind in Enum.GetValues<LoadKind>())
        {
            Table(output, $"{Name(kind)}/s, by clients", options, results, (result, clients) => $"{Rate(result, kind, clients):0}");
            foreach (var (contestant, yardstick) in Pairs(results))
            {
                Row(output, $"  x {Name(yardstick.Kind)}", options, clients => Multiple(contestant, yardstick, kind, clients), Name(contestant.Kind));
            }

            Latency(output, options, results, kind);
            Processors(output, options, results, kind);
        }

        Table(output, "start to result p50/p99, ms", options, results, (result, clients) =>
            Quantiles(result.Loads[new(LoadKind.Workflows, clients)].SelectMany(round => round.Wholes)));
        output.WriteLine();
        output.WriteLine("server: resident memory after it all; first start; start with all that is stored");
        foreach (var result in results)
        {
            output.WriteLine($"{Name(result.Kind),NameWidth}{result.ServerMebibytes,ValueWidth} MiB{result.FirstStart.TotalSeconds,ValueWidth:0.00} s{result.Restart.TotalSeconds,ValueWidth:0.00} s");
        }
    }

    public static string Name(ContestantKind kind) => kind switch
    {
        ContestantKind.EmbeddedDurable => "embedded durable",
        ContestantKind.OfficialDurable => "official durable",
        ContestantKind.EmbeddedMemory => "embedded memory",
        ContestantKind.OfficialMemory => "official memory",
        _ => throw new InvalidOperationException($"{kind} has no name."),
    };

    public static string Name(LoadKind kind) => kind == LoadKind.Workflows ? "workflows" : "signals";

    private static void Latency(TextWriter output, BenchOptions options, IReadOnlyList<ContestantResult> results, LoadKind kind) =>
        Table(output, $"{(kind == LoadKind.Workflows ? "start" : "signal")} call p50/p99, ms", options, results, (result, clients) =>
            Quantiles(result.Loads[new(kind, clients)].SelectMany(round => round.Calls)));

    private static void Processors(TextWriter output, BenchOptions options, IReadOnlyList<ContestantResult> results, LoadKind kind) =>
        Table(output, "processor time of one: server + database / worker / client, ms", options, results, (result, clients) =>
        {
            var rounds = result.Loads[new(kind, clients)];
            double Of(Func<ProcessorTimes, TimeSpan> part) => Statistics.Median(rounds.Select(round => part(round.Each).TotalMilliseconds));
            return $"{Of(each => each.Server):0.0}+{Of(each => each.Database):0.0}/{Of(each => each.Worker):0.0}/{Of(each => each.Clients):0.0}";
        });

    private static void Table(
        TextWriter output, string title, BenchOptions options, IReadOnlyList<ContestantResult> results, Func<ContestantResult, int, string> value)
    {
        output.WriteLine();
        Row(output, title, options, clients => $"{clients}", name: "");
        foreach (var result in results)
        {
            Row(output, "", options, clients => value(result, clients), Name(result.Kind));
        }
    }

    private static void Row(TextWriter output, string title, BenchOptions options, Func<int, string> value, string name)
    {
        if (name.Length == 0)
        {
            output.WriteLine(title);
            name = "clients";
            title = "";
        }

        output.WriteLine($"{name,NameWidth}{string.Concat(options.Clients.Select(clients => $"{value(clients),CellWidth}"))}{title}");
    }

    private static IEnumerable<(ContestantResult Embedded, ContestantResult Official)> Pairs(IReadOnlyList<ContestantResult> results) =>
        from embedded in results
        where embedded.Kind is ContestantKind.EmbeddedDurable or ContestantKind.EmbeddedMemory
        from official in results
        where official.Kind is ContestantKind.OfficialDurable or ContestantKind.OfficialMemory
        select (embedded, official);

    private static double Rate(ContestantResult result, LoadKind kind, int clients) =>
        Statistics.Median(result.Loads[new(kind, clients)].Select(round => round.Rate));

    private static string Multiple(ContestantResult contestant, ContestantResult yardstick, LoadKind kind, int clients) =>
        Rate(yardstick, kind, clients) is > 0 and var rate ? $"{Rate(contestant, kind, clients) / rate:0.0}" : "-";

    private static string Quantiles(IEnumerable<TimeSpan> values)
    {
        var all = values.ToList();
        return $"{Statistics.Milliseconds(all, 0.5):0.0}/{Statistics.Milliseconds(all, 0.99):0.0}";
    }
}
