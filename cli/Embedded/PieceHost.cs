using System.Diagnostics;

namespace Orchestrator.Cli.Embedded;

/// <summary>What a piece runs while it is up.</summary>
/// <param name="Ended">Completes when it has ended by itself, which is always a failure.</param>
internal sealed record RunningPiece(string? Address, Task Ended, IAsyncDisposable Parts);

/// <summary>The life of a piece in its own process: one at a time, announced when ready, gone when nobody needs the stack.</summary>
internal sealed class PieceHost(Piece piece, StateFolder state)
{
    /// <summary>The digest that the piece repeats in its record.</summary>
    public const string AgainstVariable = "PIECE_AGAINST";

    private static readonly TimeSpan LeasePoll = TimeSpan.FromMilliseconds(500);

    private readonly PieceRecords _records = new(state);

    public async Task<ExitCode> RunAsync(Func<CancellationToken, Task<RunningPiece>> start, CancellationToken cancel)
    {
        Posix.LeaveTerminal();
        await using var only = await _records.TryLockAsync(piece, cancel);
        if (only is null)
        {
            // Whoever started this one finds the record of the other.
            return ExitCode.Done;
        }

        var running = await AnnouncedAsync(start, cancel);
        try
        {
            var unneeded = UnneededAsync(cancel);
            var first = await Task.WhenAny(unneeded, running.Ended);
            return first == unneeded ? ExitCode.Done : ExitCode.Failed;
        }
        finally
        {
            _records.Retire(piece);
            await running.Parts.DisposeAsync();
        }
    }

    private async Task<RunningPiece> AnnouncedAsync(Func<CancellationToken, Task<RunningPiece>> start, CancellationToken cancel)
    {
        _records.Retire(piece);
        try
        {
            var running = await start(cancel);
            Announce(running.Address, failure: null);
            return running;
        }
        catch (Exception e)
        {
            Announce(address: null, e.Message);
            throw;
        }
    }

    private void Announce(string? address, string? failure)
    {
        var against = Environment.GetEnvironmentVariable(AgainstVariable) ?? "";
        using var self = Process.GetCurrentProcess();
        _records.Write(piece, new PieceRecord(self.Id, self.StartTime.ToUniversalTime(), address, against, PieceRecord.ThisBuild, failure));
    }

    /// <summary>Returns when asked to end, or when for a while nobody has needed the stack.</summary>
    private async Task UnneededAsync(CancellationToken cancel)
    {
        var lease = new Lease(state);
        var needed = Stopwatch.StartNew();
        while (needed.Elapsed < piece.Grace())
        {
            await Task.Delay(LeasePoll, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancel.IsCancellationRequested)
            {
                return;
            }

            if (lease.IsHeld())
            {
                needed.Restart();
            }
        }
    }
}
