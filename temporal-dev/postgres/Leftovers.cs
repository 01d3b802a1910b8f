using System.Diagnostics;
using System.Globalization;

namespace TemporalDev.Postgres;

/// <summary>
/// Server processes that somebody's death left on a cluster: a whole server whose owner was killed, or the backends
/// of a killed server that have not noticed yet. A new server must not start beside either.
/// </summary>
internal static class Leftovers
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    // Backends look for their server whenever they wait, so only one in a long computation needs more than an instant.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task StopAsync(ServerAccount account, ServerBinaries binaries, string cluster, TimeSpan stopTimeout, CancellationToken cancel)
    {
        if (PostmasterFile.TryRead(cluster) is { } file && IsServerOf(cluster, file.ProcessId))
        {
            await ControlStopAsync(account, binaries, cluster, stopTimeout, cancel);
        }

        var waited = Stopwatch.StartNew();
        while (On(cluster) is { Count: > 0 } backends)
        {
            if (waited.Elapsed > Patience)
            {
                backends.ForEach(Kill);
            }

            await Task.Delay(Poll, cancel);
        }

        DropFileOfStranger(cluster);
    }

    /// <summary>
    /// A reboot may have given the number in a stale file to somebody else's process; the server would take that for
    /// itself and refuse. A file whose number is free stays: the server clears it, and checks its shared memory by it.
    /// </summary>
    private static void DropFileOfStranger(string cluster)
    {
        if (PostmasterFile.TryRead(cluster) is { } file && IsAlive(file.ProcessId) && !IsServerOf(cluster, file.ProcessId))
        {
            File.Delete(PostmasterFile.PathIn(cluster));
        }
    }

    private static bool IsAlive(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Never by the number alone: after a reboot it may belong to somebody else's process.</summary>
    public static bool IsServerOf(string cluster, int processId)
    {
        if (OperatingSystem.IsLinux())
        {
            return WorksIn(cluster, processId.ToString(CultureInfo.InvariantCulture));
        }

        try
        {
            using var process = Process.GetProcessById(processId);
            return process.ProcessName.StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    // Every process of a server has its data directory as working directory. Elsewhere than on Linux nobody shows it to
    // us; there the server itself refuses while old backends hold its shared memory, and the start is tried again.
    private static List<int> On(string cluster) =>
        !OperatingSystem.IsLinux()
            ? []
            : [.. Directory.EnumerateDirectories("/proc")
                .Select(Path.GetFileName)
                .Where(name => char.IsAsciiDigit(name![0]) && WorksIn(cluster, name))
                .Select(name => int.Parse(name!, CultureInfo.InvariantCulture))];

    private static bool WorksIn(string cluster, string processId)
    {
        try
        {
            return new FileInfo($"/proc/{processId}/cwd").LinkTarget == cluster
                && File.ReadAllText($"/proc/{processId}/comm").StartsWith("postgres", StringComparison.Ordinal);
        }
        // It ended meanwhile, or belongs to another account and so is none of ours.
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static async Task ControlStopAsync(ServerAccount account, ServerBinaries binaries, string cluster, TimeSpan timeout, CancellationToken cancel)
    {
        var seconds = ((int)timeout.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        foreach (var mode in new[] { "fast", "immediate" })
        {
            var start = new ProcessStartInfo(binaries.Control, ["stop", "-D", cluster, "-m", mode, "-w", "-t", seconds])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var control = account.Start(start);
            var said = control.StandardOutput.ReadToEndAsync(cancel);
            await control.StandardError.ReadToEndAsync(cancel);
            await said;
            await control.WaitForExitAsync(cancel);
            if (PostmasterFile.TryRead(cluster) is not { } file || !IsServerOf(cluster, file.ProcessId))
            {
                return;
            }
        }

        throw new EmbeddedPostgresException($"A PostgreSQL left running on '{cluster}' does not stop: end it by hand and try again.");
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It ended by itself.
        }
    }
}
