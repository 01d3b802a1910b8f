using System.Globalization;
using Microsoft.AspNetCore.Connections;
using TemporalDev.Postgres;
using TemporalDev.Server.Host;

namespace Orchestrator.Cli.Embedded;

/// <summary>The embedded Temporal service over the embedded PostgreSQL.</summary>
internal static class ServicePiece
{
    public const string DatabaseName = "temporal";

    private const string DatabaseVariable = "PIECE_DATABASE";

    // Where Temporal's own tools look when nobody tells them otherwise.
    private const int UsualPort = 7233;

    private const int StartAttempts = 5;

    /// <summary>The service's own PostgreSQL; null while it is not there.</summary>
    public static Dictionary<string, string>? Variables(IReadOnlyDictionary<Piece, PieceRecord> running) =>
        running.TryGetValue(Piece.Database, out var database)
            ? new() { [DatabaseVariable] = StackAddresses.InDatabase(database.Address!, DatabaseName) }
            : null;

    public static async Task<RunningPiece> StartAsync(StateFolder state, CancellationToken cancel)
    {
        var database = Environment.GetEnvironmentVariable(DatabaseVariable)
            ?? throw new StackException($"'service' is started by 'up' and 'run', which set {DatabaseVariable}.");
        var remembered = Path.Combine(state.Stack, "service.port");
        var log = PieceLog.Open(state, Piece.Service);
        int? preferred = await LastPortAsync(remembered, cancel) ?? UsualPort;
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Choose(preferred);
            try
            {
                var service = await EmbeddedTemporal.StartAsync(new TemporalOptions { Database = database, Port = port }, log, cancel);
                await File.WriteAllTextAsync(remembered, port.ToString(CultureInfo.InvariantCulture), cancel);
                return new RunningPiece(service.Address, Never, new Parts(service, log));
            }
            // Somebody took the port between the look and the start: another stack that starts at the same time wants the usual one too.
            catch (IOException taken) when (taken.InnerException is AddressInUseException && attempt < StartAttempts)
            {
                preferred = null;
            }
        }
    }

    /// <summary>The service does not end by itself: it waits for its database and goes on.</summary>
    private static Task Never { get; } = new TaskCompletionSource().Task;

    /// <summary>The same port again after a death, so that workers and clients find it without being told.</summary>
    private static async Task<int?> LastPortAsync(string path, CancellationToken cancel) =>
        File.Exists(path) && int.TryParse(await File.ReadAllTextAsync(path, cancel), CultureInfo.InvariantCulture, out var port) ? port : null;

    private sealed class Parts(EmbeddedTemporal service, IDisposable log) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await service.DisposeAsync();
            log.Dispose();
        }
    }
}
