namespace TemporalDev.Server.Host;

/// <summary>Where the embedded database of one user lives.</summary>
internal static class StateFolder
{
    private const string Name = "temporal-dev";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersPass = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Root's home is closed to the account that PostgreSQL runs as, so root keeps its state where services do.</summary>
    public static string Choose(Func<string, string?> variable, string home, bool isRoot) =>
        variable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state) ? Path.Combine(state, Name)
        : isRoot ? "/var/lib/" + Name
        : Path.Combine(home, ".local", "state", Name);

    public static string Open()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        var folder = Choose(Environment.GetEnvironmentVariable, home, Environment.IsPrivilegedProcess);
        if (!OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder, OwnerOnly);
            // The account that root lends to PostgreSQL passes through to the cluster; it cannot list or read anything else.
            File.SetUnixFileMode(folder, Environment.IsPrivilegedProcess ? OthersPass : OwnerOnly);
        }

        return folder;
    }
}
