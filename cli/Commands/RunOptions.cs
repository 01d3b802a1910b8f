namespace Orchestrator.Cli.Commands;

/// <summary>What was asked for on the command line.</summary>
internal sealed record RunOptions
{
    public const string DemoApprover = "demo approver";

    public required string Folder { get; init; }

    public required string Environment { get; init; }

    /// <summary>In whose name the program is asked for and decisions are made.</summary>
    public required string Who { get; init; }

    public required bool Yes { get; init; }

    public required bool Json { get; init; }

    public required bool Again { get; init; }
}
