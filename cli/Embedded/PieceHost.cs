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

    // Whoever was killed may be started again at once.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // More than they may take to stop.
    private static readonly TimeSpan DependentsLimit = TimeSpan.FromMinutes(1);

    private readonly PieceRecords _records = new(state);

    /// <param name="start">Is given the record of the process before this one.</param>
    public async Task<ExitCode> RunAsync(Func<PieceRecord?, CancellationToken, Task<RunningPiece>> start, CancellationToken cancel)
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

    private async Task<RunningPiece> AnnouncedAsync(Func<PieceRecord?, CancellationToken, Task<RunningPiece>> start, CancellationToken cancel)
    {
        // Whoever wrote it has ended: this process holds the lock.
        _records.Retire(piece);
        try
        {
            var running = await start(_records.TryReadFormer(piece), cancel);
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

    /// <summary>Returns when asked to end, or when for a while nobody has needed the stack and the pieces that need this one have ended.</summary>
    private async Task UnneededAsync(CancellationToken cancel)
    {
        var lease = new Lease(state);
        var needed = Stopwatch.StartNew();
        while (needed.Elapsed < Grace || (needed.Elapsed < DependentsLimit && AreDependentsAlive()))
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

    // In the order of their starts, each needs those before it.
    private bool AreDependentsAlive() => Enum.GetValues<Piece>().Any(other => other > piece && _records.IsAlive(other));
}
