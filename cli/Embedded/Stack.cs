namespace Orchestrator.Cli.Embedded;

/// <summary>
/// Everything that a migration needs on one machine, for as long as somebody holds one of these. What already runs is
/// joined, what dies is started again, and the last holder stops what runs.
/// </summary>
internal sealed class Stack : IAsyncDisposable
{
    private const int StartsPerPiece = 3;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly StateFolder _state;
    private readonly StackChoice _choice;
    private readonly Action<string> _say;
    private readonly StackPieces _pieces;
    private readonly IDisposable? _lease;
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<Piece, RestartPolicy> _policies;

    private StackAddresses _addresses;

    private Stack(StateFolder state, StackChoice choice, StackPieces pieces, Action<string> say, IDisposable? lease, StackAddresses addresses)
    {
        _addresses = addresses;
        _state = state;
        _choice = choice;
        _pieces = pieces;
        _say = say;
        _lease = lease;
        _policies = choice.Pieces.ToDictionary(piece => piece, _ => new RestartPolicy());
        Supervision = choice.EmbedsAnything ? SuperviseAsync(_stop.Token) : new TaskCompletionSource().Task;
    }

    /// <summary>As they are now; while a piece is being started again, as they were last.</summary>
    public StackAddresses Addresses => _addresses = _pieces.TryAddresses() ?? _addresses;

    public string LogFolder => _state.Logs;

    public bool IsEmbedded => _choice.EmbedsAnything;

    /// <summary>Runs until the end; faults when a piece cannot be kept alive, which ends what the caller does as well.</summary>
    public Task Supervision { get; }

    public static async Task<Stack> StartAsync(StackChoice choice, Action<string> say, CancellationToken cancel)
    {
        if (choice.EmbedsAnything && OperatingSystem.IsWindows())
        {
            throw new StackException(
                $"The embedded PostgreSQL and Temporal run on Linux and macOS: on Windows use WSL, or set {StackChoice.TemporalVariable} and {StackChoice.LedgerVariable}.");
        }

        var state = StateFolder.Open();
        var pieces = new StackPieces(state, choice, say);
        if (!choice.EmbedsAnything)
        {
            return new Stack(state, choice, pieces, say, lease: null, pieces.TryAddresses()!);
        }

        var lease = await new Lease(state).HoldAsync(cancel);
        try
        {
            var addresses = await StartAllAsync(state, choice, pieces, cancel);
            // Not replaced: they belong to whoever started them, and two builds would replace each other's for ever.
            if (pieces.IsOfAnotherBuild())
            {
                say("What runs was started by another build of this program; to use this one, end the other command first.");
            }

            return new Stack(state, choice, pieces, say, lease, addresses);
        }
        catch
        {
            lease.Dispose();
            await StopIfLastAsync(state, pieces);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lease is not null)
        {
            await _stop.CancelAsync();
            await Supervision.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _lease.Dispose();
            await StopIfLastAsync(_state, _pieces);
        }

        _stop.Dispose();
    }

    private static async Task<StackAddresses> StartAllAsync(StateFolder state, StackChoice choice, StackPieces pieces, CancellationToken cancel)
    {
        // More than one round only when a piece dies while the others start.
        for (var start = 0; start < StartsPerPiece * choice.Pieces.Count; start++)
        {
            if (pieces.FirstMissing() is { } missing)
            {
                await pieces.EnsureAsync(missing, cancel);
            }
            else if (pieces.TryAddresses() is { } addresses)
            {
                return addresses;
            }
        }

        throw new StackException($"The pieces of the stack ended again and again while it was started; their logs are in '{state.Logs}'.");
    }

    private static async Task StopIfLastAsync(StateFolder state, StackPieces pieces)
    {
        // Not to be interrupted: what is left half stopped would only be found by its own grace.
        using var last = await new Lease(state).TryTakeAsLastAsync(CancellationToken.None);
        if (last is not null)
        {
            await pieces.StopAllAsync();
        }
    }

    private async Task SuperviseAsync(CancellationToken cancel)
    {
        while (true)
        {
            await Task.Delay(Poll, cancel);
            if (_pieces.FirstMissing() is { } missing)
            {
                await RestartAsync(missing, cancel);
            }
        }
    }

    private async Task RestartAsync(Piece piece, CancellationToken cancel)
    {
        var pause = _policies[piece].AfterDeath(TimeProvider.System.GetUtcNow())
            ?? throw new StackException(
                $"{piece.Title()} ended {RestartPolicy.Limit} times within {RestartPolicy.Window.TotalMinutes} minutes and is not started again; its log is in '{_state.Logs}'.");
        _say(pause > TimeSpan.Zero
            ? $"{piece.Title()} ended; starting it again in {pause.TotalSeconds} s."
            : $"{piece.Title()} ended; starting it again.");
        await Task.Delay(pause, cancel);
        try
        {
            await _pieces.EnsureAsync(piece, cancel);
        }
        // The next look finds it missing still, and the policy decides for how long to go on.
        catch (StackException failed)
        {
            _say(failed.Message);
        }
    }
}
