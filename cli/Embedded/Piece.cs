namespace Orchestrator.Cli.Embedded;

/// <summary>The processes of the laptop stack, in the order in which they start; they stop in the opposite order.</summary>
internal enum Piece
{
    Database,
    Service,
    Worker,
}

internal static class PieceTraits
{
    /// <summary>The hidden verb that runs the piece, and the name of its files.</summary>
    public static string Verb(this Piece piece) => piece switch
    {
        Piece.Database => "database",
        Piece.Service => "service",
        Piece.Worker => "worker",
        _ => throw new ArgumentOutOfRangeException(nameof(piece), piece, null),
    };

    public static string Title(this Piece piece) => piece switch
    {
        Piece.Database => "PostgreSQL",
        Piece.Service => "The Temporal service",
        Piece.Worker => "The worker",
        _ => throw new ArgumentOutOfRangeException(nameof(piece), piece, null),
    };

    /// <summary>Until it is ready. The first start of the database fetches PostgreSQL, and one after a crash replays its log.</summary>
    public static TimeSpan StartLimit(this Piece piece) => piece is Piece.Database ? TimeSpan.FromMinutes(6) : TimeSpan.FromMinutes(1);

    public static TimeSpan StopLimit(this Piece piece) => piece is Piece.Database ? TimeSpan.FromSeconds(40) : TimeSpan.FromSeconds(15);
}
