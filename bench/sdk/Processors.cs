using System.Diagnostics;

namespace Orchestrator.Bench.Sdk;

/// <summary>Processor time of this process and of the core's, which tells more than a rate where others work on the same machine.</summary>
internal readonly record struct Processors(TimeSpan Own, TimeSpan Core)
{
    public static Processors operator -(Processors later, Processors earlier) => new(later.Own - earlier.Own, later.Core - earlier.Core);

    /// <summary>Linux only: elsewhere the core's part is zero.</summary>
    public static Processors Used()
    {
        using var own = Process.GetCurrentProcess();
        var core = TimeSpan.Zero;
        foreach (var task in OperatingSystem.IsLinux() ? Directory.EnumerateDirectories("/proc/self/task") : [])
        {
            foreach (var child in File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                using var process = Process.GetProcessById(int.Parse(child));
                core += process.TotalProcessorTime;
            }
        }

        return new(own.TotalProcessorTime, core);
    }
}
