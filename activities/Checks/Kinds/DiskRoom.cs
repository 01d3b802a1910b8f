using System.Net;
using Orchestrator.Workflows.Plan;

namespace Orchestrator.Activities.Checks.Kinds;

internal static class DiskRoom
{
    public static async Task<Measurement> MeasureAsync(DiskCheck check, CheckSite site, CancellationToken cancel)
    {
        await using var look = await site.LookAsync(check.Database, cancel);
        var size = (long)(await look.ScalarAsync("select pg_database_size(current_database())", cancel))!;
        var (free, complaint) = check.Query is { } query
            ? await Scalar.NumberAsync(look, query, cancel)
            : await ReadDriveAsync(look, cancel);
        return free is { } bytes ? Judge(check, bytes, size) : Measurement.Inconclusive(complaint);
    }

    internal static Measurement Judge(DiskCheck check, decimal free, long size)
    {
        var needed = Math.Max(check.FreeBytes, check.TimesDatabase * size);
        var measured = $"{free / 1_000_000_000:0.##} GB free";
        return free >= needed
            ? Measurement.Pass(measured)
            : Measurement.Fail(measured, $"{needed / 1_000_000_000:0.##} GB are needed; the database has {size / 1_000_000_000m:0.##} GB.");
    }

    // PostgreSQL does not know how full its disk is; its own machine does.
    private static async Task<(decimal? Free, string Complaint)> ReadDriveAsync(Look look, CancellationToken cancel)
    {
        if (!IsHere(look.Connection.Host))
        {
            return (null, "The server is on another machine: state a 'query' that returns its free bytes.");
        }

        var folder = (string)(await look.ScalarAsync("show data_directory", cancel))!;
        return Directory.Exists(folder)
            ? (new DriveInfo(folder).AvailableFreeSpace, "")
            : (null, $"The data folder of the server cannot be seen from the worker: state a 'query' that returns its free bytes.");
    }

    private static bool IsHere(string? host) =>
        host is null or "localhost" || host.StartsWith('/') || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
