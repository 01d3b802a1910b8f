using TemporalDev.Postgres;

namespace Orchestrator.Cli.Embedded;

/// <summary>The embedded PostgreSQL with the databases that the stack itself needs.</summary>
internal static class DatabasePiece
{
    public static async Task<RunningPiece> StartAsync(StateFolder state, CancellationToken cancel)
    {
        var server = await EmbeddedPostgres.StartAsync(
            new EmbeddedPostgresOptions { Folder = state.Postgres, BinFolder = Environment.GetEnvironmentVariable("ORCHESTRATOR_POSTGRES_BIN") is { Length: > 0 } bin ? bin : null },
            cancel);
        await server.EnsureDatabaseAsync(StackAddresses.LedgerDatabase, cancel);
        await server.EnsureDatabaseAsync(ServicePiece.DatabaseName, cancel);
        return new RunningPiece(server.ConnectionString(), server.Exited, server);
    }
}
