using System.Globalization;

namespace TemporalDev.Postgres;

/// <summary>What a running server writes into postmaster.pid, and a killed one leaves there.</summary>
internal sealed record PostmasterFile(int ProcessId, string Cluster, int Port)
{
    // One line each: process, data directory, start time, port, socket folder, listen address, shared memory, status.
    private const int PortLine = 3;

    public static string PathIn(string cluster) => Path.Combine(cluster, "postmaster.pid");

    public static PostmasterFile? TryRead(string cluster)
    {
        try
        {
            return TryParse(File.ReadAllLines(PathIn(cluster)));
        }
        // The server removes its file when it stops, which may be between a look and the read.
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Null for a file that a server was still writing when it was killed: then nobody can be listening yet.</summary>
    public static PostmasterFile? TryParse(IReadOnlyList<string> lines) =>
        lines.Count > PortLine
        && int.TryParse(lines[0], CultureInfo.InvariantCulture, out var processId)
        && int.TryParse(lines[PortLine], CultureInfo.InvariantCulture, out var port)
            ? new PostmasterFile(processId, lines[1], port)
            : null;
}
