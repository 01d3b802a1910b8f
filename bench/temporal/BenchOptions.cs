using System.Collections.Immutable;
using System.Globalization;

namespace Orchestrator.Bench.Temporal;

internal enum WorkerKind
{
    TypeScript,
    Dotnet,
}

internal sealed record BenchOptions
{
    public const string Usage =
        """
        dotnet run --project bench/temporal -c Release -- [flags]
          --rounds N         how often everything is measured, in turns (default 3)
          --seconds N        how long each measurement takes (default 8)
          --clients N,N      concurrent clients (default 1,10,100)
          --worker KIND      typescript (default) or dotnet
          --only NAME,NAME   embedded-durable, embedded-memory, official-durable, official-memory
          --quick            one round of two seconds, with 1 and 10 clients: to see that it works
        """;

    public int Rounds { get; private init; } = 3;

    public TimeSpan Duration { get; private init; } = TimeSpan.FromSeconds(8);

    public ImmutableArray<int> Clients { get; private init; } = [1, 10, 100];

    public WorkerKind Worker { get; private init; }

    public ImmutableArray<ContestantKind> Contestants { get; private init; } = [.. Enum.GetValues<ContestantKind>()];

    public static BenchOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new BenchOptions();
        for (var index = 0; index < arguments.Count; index++)
        {
            var flag = arguments[index];
            options = flag == "--quick"
                ? options with { Rounds = 1, Duration = TimeSpan.FromSeconds(2), Clients = [1, 10] }
                : options.With(flag, ++index < arguments.Count ? arguments[index] : throw new FormatException($"{flag} is not known, or lacks its value."));
        }

        return options;
    }

    private BenchOptions With(string flag, string value) => flag switch
    {
        "--rounds" => this with { Rounds = Count(flag, value, 100) },
        "--seconds" => this with { Duration = TimeSpan.FromSeconds(Count(flag, value, 600)) },
        "--clients" => this with { Clients = [.. value.Split(',').Select(each => Count(flag, each, 1000))] },
        "--worker" => this with { Worker = Named<WorkerKind>(flag, value) },
        "--only" => this with { Contestants = [.. value.Split(',').Select(each => Named<ContestantKind>(flag, each))] },
        _ => throw new FormatException($"{flag} is not known."),
    };

    private static int Count(string flag, string value, int most) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && count <= most
            ? count
            : throw new FormatException($"{flag} wants a number from 1 to {most}, not '{value}'.");

    private static T Named<T>(string flag, string value)
        where T : struct, Enum =>
        Enum.GetNames<T>().Any(name => string.Equals(name, Plain(value), StringComparison.OrdinalIgnoreCase))
            ? Enum.Parse<T>(Plain(value), ignoreCase: true)
            : throw new FormatException($"{flag} does not know '{value}'.");

    private static string Plain(string value) => value.Replace("-", "", StringComparison.Ordinal);
}
