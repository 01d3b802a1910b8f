namespace Orchestrator.Activities.Postgres;

/// <summary>Where the ledger is, and the server on which a plan's embedded databases live, where there is one.</summary>
public sealed record ActivitySettings
{
    public required string Ledger { get; init; }

    public string? LocalServer { get; init; }

    /// <summary>The folder for reports; without one they are in the ledger only.</summary>
    public string? Reports { get; init; }

    /// <summary>Reads the connection string that a plan's binding names.</summary>
    public required Func<string, string?> ReadVariable { get; init; }

    public const int UsualComparedRows = 5_000_000;

    /// <summary>So many rows of a comparison are done again after a kill. Far smaller parts are read through an index, which is slower than the whole.</summary>
    public long ComparedRows { get; init; } = UsualComparedRows;

    // Two ranges of a backfill, their helpers and a check or two: more connections would only queue inside PostgreSQL.
    public int ConnectionsPerDatabase { get; init; } = 16;
}
