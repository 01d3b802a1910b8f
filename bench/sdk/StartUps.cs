using System.Diagnostics;

namespace Orchestrator.Bench.Sdk;

/// <summary>How long a command takes that starts, asks and ends: its best time by the clock, and the processor time of one.</summary>
internal static class StartUps
{
    private const int Times = 20;

    // The unit of /proc/self/stat on every Linux that .NET runs on.
    private const double MillisecondsATick = 10;
    private const int WaitedForUserTime = 13;
    private const int WaitedForSystemTime = 14;

    public static async Task MeasureAsync(IReadOnlyList<string> command)
    {
        var walls = new List<TimeSpan>();
        var before = OfEndedChildren();
        for (var time = 0; time < Times; time++)
        {
            var clock = Stopwatch.StartNew();
            using var process = Process.Start(new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true })!;
            await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0)
            {
                throw new InvalidOperationException($"{string.Join(' ', command)} ended with code {process.ExitCode}: only what succeeds is measured.");
            }

            walls.Add(clock.Elapsed);
        }

        Console.WriteLine(
            $"{Times} starts: {walls.Min().TotalMilliseconds:N0} ms at best, {walls.Order().ElementAt(Times / 2).TotalMilliseconds:N0} ms in the middle, " +
            $"{(OfEndedChildren() - before).TotalMilliseconds / Times:N0} ms of processor time each");
    }

    private static TimeSpan OfEndedChildren()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        // The second field is the program's name in brackets and may hold blanks.
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return TimeSpan.FromMilliseconds((long.Parse(fields[WaitedForUserTime]) + long.Parse(fields[WaitedForSystemTime])) * MillisecondsATick);
    }
}
