namespace Orchestrator.Cli.Embedded;

internal static class ServicePiece
{
    public const string DatabaseName = "temporal";

    private const string DatabaseVariable = "PIECE_DATABASE";

    /// <summary>The service's own PostgreSQL; null while it is not there.</summary>
    public static Dictionary<string, string>? Variables(IReadOnlyDictionary<Piece, PieceRecord> running) =>
        running.TryGetValue(Piece.Database, out var database)
            ? new() { [DatabaseVariable] = StackAddresses.InDatabase(database.Address!, DatabaseName) }
            : null;

    public static async Task<RunningPiece> StartAsync(StateFolder state, CancellationToken cancel)
    {
        await Task.Yield(); _ = state;
        return new RunningPiece("127.0.0.1:1", Task.Delay(-1, cancel), new MemoryStream());
    }
}
internal static class WorkerPiece
{
    public static async Task<RunningPiece> StartAsync(StateFolder state, CancellationToken cancel)
    {
        await Task.Yield(); _ = state;
        return new RunningPiece(null, Task.Delay(-1, cancel), new MemoryStream());
    }
}
