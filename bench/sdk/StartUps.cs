using System.Diagnostics;

namespace Orchestrator.Bench.Sdk;

/// <summary>How long commands take that start, ask and end, in turns: by the clock, and the processor time of one.</summary>
internal static class StartUps
{
    private const int Times = 20;
    private const string Next = "--";

    // The unit of /proc/self/stat on every Linux that .NET runs on.
    private const double MillisecondsATick = 10;
    private const int WaitedForUserTime = 13;
    private const int WaitedForSystemTime = 14;

    public static async Task MeasureAsync(IReadOnlyList<string> arguments)
    {
        var commands = Split(arguments).Select(words => new Command(words)).ToList();
        for (var time = 0; time < Times; time++)
        {
            foreach (var command in commands)
            {
                await command.RunAsync();
            }
        }

        foreach (var command in commands)
        {
            Console.WriteLine(command.Describe());
        }
    }

    private static List<List<string>> Split(IReadOnlyList<string> arguments)
    {
        List<List<string>> commands = [[]];
        foreach (var word in arguments)
        {
            if (word == Next)
            {
                commands.Add([]);
            }
            else
            {
                commands[^1].Add(word);
            }
        }

        return [.. commands.Where(words => words.Count > 0)];
    }

    private static TimeSpan OfEndedChildren()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        // The second field is the program's name in brackets and may hold blanks.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds((long.Parse(fields[WaitedForUserTime]) + long.Parse(fields[WaitedForSystemTime])) * MillisecondsATick);
    }

    private sealed class Command(List<string> words)
    {
        private readonly List<TimeSpan> _walls = [];
        private TimeSpan _processor;

        public async Task RunAsync()
        {
            var before = OfEndedChildren();
            var clock = Stopwatch.StartNew();
            using var process = Process.Start(new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardOutput = true })!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            _walls.Add(clock.Elapsed);
            _processor += OfEndedChildren() - before;
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{string.Join(' ', words)} ended with code {process.ExitCode}: only what succeeds is measured.");
            }
        }

        public string Describe() =>
            $"{string.Join(' ', words)}: {Times} starts, {_walls.Min().TotalMilliseconds:N0} ms at best, {_walls.Order().ElementAt(Times / 2).TotalMilliseconds:N0} ms in the middle, " +
            $"{_processor.TotalMilliseconds / Times:N0} ms of processor time each";
    }
}
