using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Cli.Embedded;

/// <summary>Where the laptop stack of one user lives: the cluster, the records of what runs, the logs.</summary>
internal sealed class StateFolder
{
    public const string Variable = "ORCHESTRATOR_HOME";

    private const int UsualServicePort = 7233;

    // Below the ports that PostgreSQL and pieces without a free first choice take, and those of outgoing connections.
    private const int LowestPort = 10_000;
    private const int Ports = 10_000;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OthersPass = OwnerOnly | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    public StateFolder(string root)
    {
        Root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(root));
        Stack = Path.Combine(Root, "stack");
        Logs = Path.Combine(Root, "logs");
        Postgres = Path.Combine(Root, "postgres");
    }

    public string Root { get; }

    /// <summary>Locks and records of the running pieces.</summary>
    public string Stack { get; }

    public string Logs { get; }

    public string Postgres { get; }

    /// <summary>Root's home is closed to the account that PostgreSQL runs as, so root keeps its state where services do.</summary>
    public static string Choose(Func<string, string?> variable, string home, bool isRoot) =>
        variable(Variable) is { Length: > 0 } named ? named
        : variable("XDG_STATE_HOME") is { Length: > 0 } state && Path.IsPathRooted(state) ? Path.Combine(state, "orchestrator")
        : isRoot ? "/var/lib/orchestrator"
        : Path.Combine(home, ".local", "state", "orchestrator");

    /// <summary>Of this stack and no other on the machine.</summary>
    public string Name => $"stack-{Convert.ToHexStringLower(Digest)[..16]}";

    /// <summary>
    /// Where its service listens at first. The folder that nobody named has the port that Temporal's own tools expect; every
    /// other one has a port of its own, so that two stacks that start at once do not take each other's.
    /// </summary>
    public int FirstServicePort => Root == new StateFolder(ChooseDefault()).Root
        ? UsualServicePort
        : LowestPort + (int)(BinaryPrimitives.ReadUInt32LittleEndian(Digest) % Ports);

    private byte[] Digest => SHA256.HashData(Encoding.UTF8.GetBytes(Root));

    public static StateFolder Open()
    {
        var state = new StateFolder(Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : ChooseDefault());
        try
        {
            state.Create();
        }
        catch (Exception closed) when (closed is IOException or UnauthorizedAccessException)
        {
            throw new StackException($"State is kept in '{state.Root}', which cannot be written ({closed.Message}): set {Variable} to another folder.");
        }

        return state;
    }

    private static string ChooseDefault() => Choose(
        name => name == Variable ? null : Environment.GetEnvironmentVariable(name),
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile),
        Environment.IsPrivilegedProcess);

    private void Create()
    {
        if (!OperatingSystem.IsWindows())
        {
            // The account that root lends to PostgreSQL passes through to the cluster; it cannot list or read anything else.
            Directory.CreateDirectory(Root, OwnerOnly);
            File.SetUnixFileMode(Root, Environment.IsPrivilegedProcess ? OthersPass : OwnerOnly);
            Directory.CreateDirectory(Stack, OwnerOnly);
            Directory.CreateDirectory(Logs, OwnerOnly);
        }
    }
}
