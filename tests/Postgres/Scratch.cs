using System.Diagnostics;
using System.Globalization;
using TemporalDev.Postgres;

namespace Orchestrator.Tests.Postgres;

/// <summary>A folder for one cluster, deleted with the test or the class that uses it.</summary>
public sealed class Scratch : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("embedded-postgres-").FullName;

    public string Cluster => Path.Combine(Folder, "cluster");

    /// <summary>As a user has it: kept when the server ends, so that there is something to come back to.</summary>
    public EmbeddedPostgresOptions Options => new() { Folder = Folder, FolderWait = TimeSpan.Zero };

    public int ServerProcess => PostmasterFile.TryRead(Cluster)!.ProcessId;

    /// <summary>kill -9: the process gets no say.</summary>
    public static void Kill(int processId)
    {
        using var process = Process.GetProcessById(processId);
        process.Kill();
    }

    public static int ParentOf(int processId) => int.Parse(StatOf(processId)[1], CultureInfo.InvariantCulture);

    public static int SessionOf(int processId) => int.Parse(StatOf(processId)[3], CultureInfo.InvariantCulture);

    public static IEnumerable<int> ChildrenOf(int processId) =>
        from name in Directory.EnumerateDirectories("/proc").Select(Path.GetFileName)
        where char.IsAsciiDigit(name[0])
        let candidate = int.Parse(name, CultureInfo.InvariantCulture)
        where StatOf(candidate) is [_, var parent, ..] && parent == processId.ToString(CultureInfo.InvariantCulture)
        select candidate;

    public static bool Runs(int processId) => StatOf(processId) is [not "Z", ..];

    public static async Task WaitAsync(string what, Func<bool> condition)
    {
        var waited = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(waited.Elapsed < TimeSpan.FromSeconds(20), $"Still not after 20 s: {what}.");
            await Task.Delay(20);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // After the name in parentheses: state, parent, process group, session, ...
    private static string[] StatOf(int processId)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return [];
        }
    }
}
