using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TemporalDev.Postgres;

/// <summary>
/// The operating system account that the server runs as. PostgreSQL refuses to run as root, so a root caller
/// (a container, usually) borrows an account that owns nothing; everyone else uses their own.
/// </summary>
internal sealed record ServerAccount(string? Name, uint UserId, uint GroupId)
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    public static ServerAccount Own { get; } = new(null, 0, 0);

    public bool IsBorrowed => Name is not null;

    public static ServerAccount ForCaller() =>
        !OperatingSystem.IsWindows() && Environment.IsPrivilegedProcess ? Choose(File.ReadAllLines("/etc/passwd")) : Own;

    public static ServerAccount Choose(IReadOnlyList<string> passwdLines)
    {
        var accounts = passwdLines.Select(Parse).OfType<ServerAccount>().ToDictionary(account => account.Name!);
        foreach (var name in Candidates)
        {
            if (accounts.TryGetValue(name, out var account) && account.UserId != 0)
            {
                return account;
            }
        }

        throw new EmbeddedPostgresException(
            "PostgreSQL refuses to run as root and this machine has neither an account 'postgres' nor 'nobody': create one (useradd --system postgres) or run as an ordinary user.");
    }

    public Process Start(ProcessStartInfo start)
    {
        if (Name is not null)
        {
            start.UserName = Name;
        }

        // The caller's working directory may be closed to the account, and a server must not pin it either.
        start.WorkingDirectory = "/";
        return Process.Start(start) ?? throw new EmbeddedPostgresException($"'{start.FileName}' did not start.");
    }

    public void GiveTo(string path)
    {
        if (IsBorrowed && ChangeOwner(path, UserId, GroupId) != 0)
        {
            throw new EmbeddedPostgresException($"'{path}' could not be given to account '{Name}' (errno {Marshal.GetLastPInvokeError()}).");
        }
    }

    /// <summary>Throws when the account cannot enter the folder, naming the parent that is closed to it.</summary>
    public async Task RequireReachAsync(string folder, CancellationToken cancel)
    {
        if (!IsBorrowed || await CanEnterAsync(folder, cancel))
        {
            return;
        }

        var closed = folder;
        while (Path.GetDirectoryName(closed) is { } parent && !await CanEnterAsync(parent, cancel))
        {
            closed = parent;
        }

        throw new EmbeddedPostgresException(
            $"PostgreSQL runs as account '{Name}' here, because it refuses root, and that account cannot enter '{closed}': choose a folder outside of it (for example below /var/lib).");
    }

    /// <summary>Asked by trying: modes, owners and access lists all have their say.</summary>
    public async Task<bool> CanEnterAsync(string folder, CancellationToken cancel)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", "cd -- \"$0\"", folder]) { RedirectStandardError = true };
        using var shell = Start(start);
        await shell.StandardError.ReadToEndAsync(cancel);
        await shell.WaitForExitAsync(cancel);
        return shell.ExitCode == 0;
    }

    private static ServerAccount? Parse(string passwdLine)
    {
        var fields = passwdLine.Split(':');
        return fields.Length >= 4 && uint.TryParse(fields[2], out var user) && uint.TryParse(fields[3], out var group)
            ? new ServerAccount(fields[0], user, group)
            : null;
    }

    [DllImport("libc", EntryPoint = "chown", SetLastError = true, CharSet = CharSet.Ansi, BestFitMapping = false, ThrowOnUnmappableChar = true)]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, uint user, uint group);
}
