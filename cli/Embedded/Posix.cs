using System.Runtime.InteropServices;

namespace Orchestrator.Cli.Embedded;

/// <summary>The calls that .NET has no name for.</summary>
internal static class Posix
{
    private const int Nothing = 0;
    private const int Terminate = 15;

    /// <summary>Leaves the caller's terminal: its Ctrl-C and its closing are meant for the user's command, not for the stack.</summary>
    // Refused to the leader of a session only, which has no terminal to leave then.
    public static void LeaveTerminal() => _ = SetSid();

    /// <summary>Asks a process to end; one that has ended meanwhile is no failure.</summary>
    public static void AskToEnd(int processId) => _ = Kill(processId, Terminate);

    /// <summary>False once it has ended and somebody has noticed.</summary>
    public static bool Runs(int processId) => Kill(processId, Nothing) == 0;

    [DllImport("libc", EntryPoint = "setsid")]
    private static extern int SetSid();

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int Kill(int processId, int signal);
}
