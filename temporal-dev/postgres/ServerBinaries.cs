using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace TemporalDev.Postgres;

/// <summary>A folder with initdb, pg_ctl and postgres in it, and the major version they are of.</summary>
internal sealed record ServerBinaries(string Folder, int Major)
{
    // 14 is the oldest version that the project that makes PostgreSQL still maintains.
    private const int OldestMajor = 14;

    public string InitDb => Path.Combine(Folder, "initdb");

    public string Control => Path.Combine(Folder, "pg_ctl");

    public string Server => Path.Combine(Folder, "postgres");

    public static async Task<ServerBinaries> ReadAsync(string folder, CancellationToken cancel)
    {
        var binaries = new ServerBinaries(Path.GetFullPath(folder), 0);
        foreach (var program in new[] { binaries.InitDb, binaries.Control, binaries.Server })
        {
            if (!File.Exists(program))
            {
                throw new EmbeddedPostgresException($"'{folder}' is not the bin folder of a PostgreSQL server: it has no '{Path.GetFileName(program)}'.");
            }
        }

        var major = MajorOf(await VersionLineAsync(binaries.Server, cancel))
            ?? throw new EmbeddedPostgresException($"'{binaries.Server} --version' does not answer as PostgreSQL does.");
        return major >= OldestMajor
            ? binaries with { Major = major }
            : throw new EmbeddedPostgresException($"'{folder}' holds PostgreSQL {major}; {OldestMajor} or later is needed.");
    }

    /// <summary>The bin folders of servers installed on this machine, newest first.</summary>
    public static IReadOnlyList<string> Installed(string root = "/usr/lib/postgresql") =>
        !Directory.Exists(root)
            ? []
            : [.. Directory.EnumerateDirectories(root)
                .Select(version => Path.Combine(version, "bin"))
                .Where(bin => File.Exists(Path.Combine(bin, "initdb")))
                .OrderByDescending(bin => double.TryParse(Path.GetFileName(Path.GetDirectoryName(bin)), CultureInfo.InvariantCulture, out var version) ? version : 0)];

    /// <summary>"postgres (PostgreSQL) 18.4" and "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)" are both seen.</summary>
    public static int? MajorOf(string versionLine)
    {
        const string Product = "(PostgreSQL) ";
        var at = versionLine.IndexOf(Product, StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var digits = versionLine[(at + Product.Length)..].TakeWhile(char.IsAsciiDigit).ToArray();
        return int.TryParse(digits, CultureInfo.InvariantCulture, out var major) ? major : null;
    }

    private static async Task<string> VersionLineAsync(string server, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(server, ["--version"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = ServerAccount.Own.Start(start);
            var complaint = process.StandardError.ReadToEndAsync(cancel);
            var line = await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
            return process.ExitCode == 0 ? line : throw CannotRun(server, (await complaint).Trim());
        }
        catch (Win32Exception refused)
        {
            throw CannotRun(server, refused.Message);
        }
    }

    private static EmbeddedPostgresException CannotRun(string server, string why) =>
        new($"'{server}' does not run on this machine ({why}): install PostgreSQL and name its bin folder instead.");
}
