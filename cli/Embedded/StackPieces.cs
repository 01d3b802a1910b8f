using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using TemporalDev.Postgres;

namespace Orchestrator.Cli.Embedded;

/// <summary>The pieces that a choice needs: found when they run, started when they do not, one change at a time on the machine.</summary>
internal sealed class StackPieces(StateFolder state, StackChoice choice, Action<string> say)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly PieceRecords _records = new(state);
    private readonly PieceLauncher _launcher = new(state, say);

    /// <summary>Null while the embedded database, which they start from, is not there.</summary>
    public StackAddresses? TryAddresses() => AddressesOf(Running());

    /// <summary>The first piece, in starting order, that does not run as it should; the later ones may need its address.</summary>
    public Piece? FirstMissing()
    {
        var running = Running();
        foreach (var piece in choice.Pieces)
        {
            if (!IsGood(piece, running))
            {
                return piece;
            }
        }

        return null;
    }

    public async Task EnsureAsync(Piece piece, CancellationToken cancel)
    {
        using var turn = await StartTurnAsync(cancel);
        await SettleAsync(piece, cancel);
        var running = Running();
        // What it needs may have died while this waited for its turn: then that is the first missing one now.
        if (IsGood(piece, running) || VariablesFor(piece, running) is not { } variables)
        {
            return;
        }

        // Running, but told of addresses that are no more.
        await _launcher.StopAsync(piece, cancel);
        await _launcher.StartAsync(piece, variables, cancel);
    }

    public bool IsOfAnotherBuild() => Running().Values.Any(record => record.Build != PieceRecord.ThisBuild);

    public async Task StopAllAsync()
    {
        using var turn = await StartTurnAsync(CancellationToken.None);
        foreach (var piece in Enum.GetValues<Piece>().Reverse())
        {
            await _launcher.StopAsync(piece, CancellationToken.None);
        }
    }

    private async Task<FileStream> StartTurnAsync(CancellationToken cancel)
    {
        // As long as the slowest start of somebody else may take.
        var limit = Piece.Database.StartLimit();
        return await FolderLock.TryTakeAsync(Path.Combine(state.Stack, "start.lock"), limit, cancel)
            ?? throw new StackException($"Another process has been starting or stopping the stack in '{state.Root}' for {limit.TotalMinutes} minutes.");
    }

    /// <summary>A piece without a record is still starting, for somebody who is gone, or already stopping.</summary>
    private async Task SettleAsync(Piece piece, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (_records.IsAlive(piece) && _records.TryRead(piece) is null)
        {
            if (waited.Elapsed > piece.StartLimit())
            {
                throw new StackException($"{piece.Title()} has neither become ready nor ended for {piece.StartLimit().TotalSeconds} s; see '{state.Logs}'.");
            }

            await Task.Delay(Poll, cancel);
        }
    }

    private Dictionary<Piece, PieceRecord> Running()
    {
        var running = new Dictionary<Piece, PieceRecord>();
        foreach (var piece in choice.Pieces)
        {
            if (_records.IsAlive(piece) && _records.TryRead(piece) is { Failure: null } record)
            {
                running[piece] = record;
            }
        }

        return running;
    }

    private bool IsGood(Piece piece, Dictionary<Piece, PieceRecord> running) =>
        running.TryGetValue(piece, out var record)
        && VariablesFor(piece, running) is { } variables
        && record.Against == variables[PieceHost.AgainstVariable];

    private StackAddresses? AddressesOf(Dictionary<Piece, PieceRecord> running) =>
        StackAddresses.Of(choice, running) is { } addresses
            ? addresses with { ServiceName = addresses.Temporal is null ? null : state.Name }
            : null;

    /// <summary>What a piece has to be told; null while what it needs is not there.</summary>
    private Dictionary<string, string>? VariablesFor(Piece piece, Dictionary<Piece, PieceRecord> running)
    {
        var variables = piece switch
        {
            Piece.Database => [],
            Piece.Service => ServicePiece.Variables(running),
            _ => AddressesOf(running)?.AsVariables(),
        };
        if (variables is not null)
        {
            var told = string.Join('\n', variables.Select(variable => $"[{variable.Key}, {variable.Value}]").Order(StringComparer.Ordinal));
            variables[PieceHost.AgainstVariable] = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(told)));
        }

        return variables;
    }
}
