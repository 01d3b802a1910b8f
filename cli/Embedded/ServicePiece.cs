using System.Diagnostics;
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

    private const int StartAttempts = 5;

    // As long as a killed process may take to go, with all that it held.
    private static readonly TimeSpan PortPatience = TimeSpan.FromSeconds(3);

    // A passing connection has it no longer than this; a stranger who listens there keeps it.
    private static readonly TimeSpan StrangerPatience = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan PortPoll = TimeSpan.FromMilliseconds(20);

    /// <summary>The service's own PostgreSQL; null while it is not there.</summary>
    public static Dictionary<string, string>? Variables(IReadOnlyDictionary<Piece, PieceRecord> running) =>
        running.TryGetValue(Piece.Database, out var database)
            ? new() { [DatabaseVariable] = StackAddresses.InDatabase(database.Address!, DatabaseName) }
            : null;

    public static async Task<RunningPiece> StartAsync(StateFolder state, PieceRecord? former, CancellationToken cancel)
    {
        var database = Environment.GetEnvironmentVariable(DatabaseVariable)
            ?? throw new StackException($"'service' is started by 'up' and 'run', which set {DatabaseVariable}.");
        var remembered = Path.Combine(state.Stack, "service.port");
        var log = PieceLog.Open(state, Piece.Service);
        var preferred = await PreferredPortAsync(state, remembered, former, cancel);
        for (var attempt = 1; ; attempt++)
        {
            var port = FreePort.Choose(preferred);
            try
            {
                var service = await EmbeddedTemporal.StartAsync(new TemporalOptions { Name = state.Name, Database = database, Port = port }, log, cancel);
                await File.WriteAllTextAsync(remembered, port.ToString(CultureInfo.InvariantCulture), cancel);
                return new RunningPiece(service.Address, Never, new Parts(service, log));
            }
            // Somebody took the port between the look and the start.
            catch (IOException taken) when (taken.InnerException is AddressInUseException && attempt < StartAttempts)
            {
                preferred = null;
            }
        }
    }

    /// <summary>The service does not end by itself: it waits for its database and goes on.</summary>
    private static Task Never { get; } = new TaskCompletionSource().Task;

    /// <summary>The same port again after a death, so that workers and clients find it without being told. Null when somebody else keeps it.</summary>
    private static async Task<int?> PreferredPortAsync(StateFolder state, string remembered, PieceRecord? former, CancellationToken cancel)
    {
        if (!File.Exists(remembered) || !int.TryParse(await File.ReadAllTextAsync(remembered, cancel), CultureInfo.InvariantCulture, out var port))
        {
            return state.FirstServicePort;
        }

        var waited = Stopwatch.StartNew();
        while (!FreePort.IsFree(port))
        {
            if (waited.Elapsed > (former is not null && Posix.Runs(former.ProcessId) ? PortPatience : StrangerPatience))
            {
                return null;
            }

            await Task.Delay(PortPoll, cancel);
        }

        return port;
    }

    private sealed class Parts(EmbeddedTemporal service, IDisposable log) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await service.DisposeAsync();
            log.Dispose();
        }
    }
}
