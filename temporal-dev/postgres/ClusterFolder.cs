using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace TemporalDev.Postgres;

/// <summary>
/// The folder of one embedded cluster: <c>cluster</c> (the server's own, owned by its account), <c>password</c>,
/// <c>port</c> and <c>server.log</c> (the caller's own).
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class ClusterFolder(string path, ServerAccount account)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Cluster { get; } = Path.Combine(path, "cluster");

    public string LockPath { get; } = Path.Combine(path, "lock");

    public string LogPath { get; } = Path.Combine(path, "server.log");

    private string PasswordPath { get; } = Path.Combine(path, "password");

    private string PortPath { get; } = Path.Combine(path, "port");

    public async Task<string> PasswordAsync(CancellationToken cancel) => await File.ReadAllTextAsync(PasswordPath, cancel);

    /// <summary>The port of the last start, so that whoever knew the address before a crash still knows it after.</summary>
    public int? LastPort =>
        File.Exists(PortPath) && int.TryParse(File.ReadAllText(PortPath), CultureInfo.InvariantCulture, out var port) ? port : null;

    public void RememberPort(int port) => File.WriteAllText(PortPath, port.ToString(CultureInfo.InvariantCulture));

    public async Task PrepareAsync(CancellationToken cancel)
    {
        // A borrowed account passes through this folder to its cluster, and sees nothing else of it.
        var mode = account.IsBorrowed ? OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute : OwnerOnly;
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, mode);
        await account.RequireReachAsync(path, cancel);
    }

    public async Task InitialiseAsync(ServerBinaries binaries, Durability durability, CancellationToken cancel)
    {
        // What a scratch cluster leaves behind.
        if (Directory.Exists(Cluster) && !Directory.EnumerateFileSystemEntries(Cluster).Any())
        {
            Directory.Delete(Cluster);
        }

        var version = Path.Combine(Cluster, "PG_VERSION");
        if (!Directory.Exists(Cluster))
        {
            await CreateAsync(binaries, durability, cancel);
        }
        else if (!File.Exists(version))
        {
            throw new EmbeddedPostgresException($"'{Cluster}' exists but is not a PostgreSQL data directory: move it away or choose another folder.");
        }
        else if ((await File.ReadAllTextAsync(version, cancel)).Trim() is var found && found != binaries.Major.ToString(CultureInfo.InvariantCulture))
        {
            throw new EmbeddedPostgresException(
                $"'{Cluster}' was made by PostgreSQL {found} and cannot be opened by PostgreSQL {binaries.Major}: name the bin folder of a PostgreSQL {found}, or dump it there and choose another folder here.");
        }
    }

    /// <summary>Made aside and renamed, so that a start that is killed half-way never leaves a half cluster under the final name.</summary>
    private async Task CreateAsync(ServerBinaries binaries, Durability durability, CancellationToken cancel)
    {
        var aside = Path.Combine(path, "initialising");
        if (Directory.Exists(aside))
        {
            Directory.Delete(aside, recursive: true);
        }

        Directory.CreateDirectory(aside, OwnerOnly);
        var password = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24));
        WritePrivate(PasswordPath, password);
        // A copy for initdb, which reads it as the server's account; it goes away with the folder.
        var forInitDb = Path.Combine(aside, "password");
        WritePrivate(forInitDb, password);
        account.GiveTo(forInitDb);
        account.GiveTo(aside);

        var fresh = Path.Combine(aside, "cluster");
        await RunInitDbAsync(binaries, InitDbArguments(binaries, durability, fresh, forInitDb), cancel);
        Directory.Move(fresh, Cluster);
        Directory.Delete(aside, recursive: true);
    }

    private static List<string> InitDbArguments(ServerBinaries binaries, Durability durability, string fresh, string passwordFile)
    {
        List<string> arguments =
        [
            "-D", fresh, "--username=" + EmbeddedPostgres.SuperUser, "--pwfile=" + passwordFile,
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-instructions",
        ];
        if (binaries.Major >= 17)
        {
            // Sorts as C does and knows letters beyond ASCII, the same on every machine.
            arguments.AddRange(["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]);
        }

        if (durability == Durability.Scratch)
        {
            arguments.Add("--no-sync");
        }

        return arguments;
    }

    private async Task RunInitDbAsync(ServerBinaries binaries, List<string> arguments, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(binaries.InitDb, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var initDb = account.Start(start);
        await using var stop = cancel.Register(() => initDb.Kill(entireProcessTree: true));
        var complaint = initDb.StandardError.ReadToEndAsync(CancellationToken.None);
        await initDb.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await initDb.WaitForExitAsync(CancellationToken.None);
        cancel.ThrowIfCancellationRequested();
        if (initDb.ExitCode != 0)
        {
            throw new EmbeddedPostgresException($"PostgreSQL could not make a cluster in '{path}': {(await complaint).Trim()}");
        }
    }

    private static void WritePrivate(string file, string content)
    {
        File.Delete(file);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        using var writer = new StreamWriter(file, options);
        writer.Write(content);
    }
}
