namespace Orchestrator.Workflows.Lint;

/// <summary>One file of SQL as a plan runs it: in one transaction, or alone if PostgreSQL refuses its one statement in a transaction.</summary>
public sealed record LintFile(string Path, string Text)
{
    public FileRole Role { get; init; }

    /// <summary>The database that it runs on: the same name in two databases is two tables.</summary>
    public string Database { get; init; } = "";
}

public enum FileRole
{
    Forward,

    /// <summary>Takes the plan's own work back: what the plan has created may go.</summary>
    Undo,
}
