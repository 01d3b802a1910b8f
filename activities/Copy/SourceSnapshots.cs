using System.Collections.Concurrent;
using Dapper;
using Npgsql;
using Orchestrator.Activities.Ledger;

namespace Orchestrator.Activities.Copy;

/// <summary>
/// Keeps one moment of a source open for as long as a copy reads from it. The moment lives in this process and dies with it; whoever
/// finds it gone takes a new one and writes that down, so that the copy can say how many moments it shows.
/// </summary>
internal sealed class SourceSnapshots(TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(StepKey Key, int Round), KeptSnapshot> _kept = new();

    /// <param name="broken">A snapshot that could not be read by; null where none was tried.</param>
    public async Task<string> FindAsync(HeldStep held, NpgsqlDataSource target, NpgsqlDataSource source, string? broken, CancellationToken cancel)
    {
        await using var connection = await target.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        // Lanes that miss it together take one moment, not one each.
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended(@Key, 4))",
            new { Key = $"{held.Key.Plan}/{held.Key}" },
            transaction,
            cancellationToken: cancel));
        if (await Snapshots.NewestAsync(connection, transaction, held, cancel) is { } newest && newest != broken)
        {
            return newest;
        }

        var scope = new LedgerScope(connection, transaction, held.Run);
        await Steps.ShareAsync(scope, held, cancel);
        var kept = await KeptSnapshot.ExportAsync(source, cancel);
        await Snapshots.AddAsync(scope, held, kept.Name, cancel);
        await transaction.CommitAsync(cancel);
        await ReplaceAsync(held, kept);
        kept.Watch(WatchAsync(held, target, kept.Stopped));
        return kept.Name;
    }

    public async Task ReleaseAsync(HeldStep held)
    {
        if (_kept.TryRemove((held.Key, held.Row.Round), out var kept))
        {
            await kept.DisposeAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var key in _kept.Keys)
        {
            if (_kept.TryRemove(key, out var kept))
            {
                await kept.DisposeAsync();
            }
        }
    }

    private async Task ReplaceAsync(HeldStep held, KeptSnapshot kept)
    {
        await ReleaseAsync(held);
        _kept[(held.Key, held.Row.Round)] = kept;
    }

    // An open moment keeps the source from cleaning up behind itself: a step that ended elsewhere must not leave it open here.
    private async Task WatchAsync(HeldStep held, NpgsqlDataSource target, CancellationToken stopped)
    {
        using var timer = new PeriodicTimer(LookEvery, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stopped))
            {
                var row = await Steps.FindAsync(target, held.Key, stopped);
                if (row is not { State: StepState.Doing } || row.Round != held.Row.Round)
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is OperationCanceledException or NpgsqlException)
        {
            // Released by its owner; or the target is away, and then there is no copy to keep a moment for.
        }

        if (_kept.TryRemove((held.Key, held.Row.Round), out var kept))
        {
            await kept.CloseAsync();
        }
    }

    private sealed class KeptSnapshot : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly NpgsqlConnection _connection;
        private Task _watch = Task.CompletedTask;

        private KeptSnapshot(NpgsqlConnection connection, string name) => (_connection, Name) = (connection, name);

        public string Name { get; }

        public CancellationToken Stopped => _stop.Token;

        public static async Task<KeptSnapshot> ExportAsync(NpgsqlDataSource source, CancellationToken cancel)
        {
            var connection = await source.OpenConnectionAsync(cancel);
            await connection.ExecuteAsync(new CommandDefinition("begin isolation level repeatable read read only", cancellationToken: cancel));
            var name = await connection.ExecuteScalarAsync<string>(new CommandDefinition("select pg_export_snapshot()", cancellationToken: cancel));
            return new KeptSnapshot(connection, name!);
        }

        public void Watch(Task watch) => _watch = watch;

        public ValueTask CloseAsync() => _connection.DisposeAsync();

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _watch;
            await CloseAsync();
            _stop.Dispose();
        }
    }
}
