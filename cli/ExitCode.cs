namespace Orchestrator.Cli;

/// <summary>What the process ends with; scripts and pipelines branch on these, so a number never changes its meaning.</summary>
internal enum ExitCode
{
    Done = 0,

    /// <summary>It was begun and did not end well; what it says names the reason.</summary>
    Failed = 1,

    /// <summary>The command line or the plan is wrong; nothing was begun.</summary>
    Usage = 2,

    /// <summary>Somebody said no-go, or a hard stop tripped, and everything was taken back.</summary>
    Undone = 3,

    /// <summary>The person left, or nobody was there to ask; the program is as it was and the same command comes back to it.</summary>
    Detached = 4,

    /// <summary>What was asked for is not allowed or makes no sense as things stand; nothing has changed.</summary>
    Refused = 5,
}
