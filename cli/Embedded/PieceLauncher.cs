using System.Diagnostics;

namespace Orchestrator.Cli.Embedded;

/// <summary>Starts pieces as processes of their own and stops them. Whoever calls holds the stack's start lock.</summary>
internal sealed class PieceLauncher(StateFolder state, Action<string> say)
{
    private const long CrashLogLimitBytes = 1024 * 1024;

    // Nothing is piped to this process, which the piece may outlive. A piece keeps a bounded log of its own; what it
    // writes to its standard error is how it died.
    private const string Detached = """exec "$0" "$@" </dev/null >/dev/null 2>>"$PIECE_ERRORS" """;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan KilledEnds = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WorthAWord = TimeSpan.FromSeconds(3);

    private readonly PieceRecords _records = new(state);

    public async Task<PieceRecord> StartAsync(Piece piece, IReadOnlyDictionary<string, string> environment, CancellationToken cancel)
    {
        using var process = Spawn(piece, environment);
        try
        {
            return await ReadyAsync(piece, process, cancel);
        }
        catch (OperationCanceledException) when (!process.HasExited)
        {
            // It has no record yet by which it could be found and stopped.
            Posix.AskToEnd(process.Id);
            throw;
        }
    }

    public async Task StopAsync(Piece piece, CancellationToken cancel)
    {
        int? asked = null;
        if (await EndsAsync(piece, piece.StopLimit(), Ask, cancel))
        {
            return;
        }

        say($"{piece.Title()} did not stop within {piece.StopLimit().TotalSeconds} s{(asked is null ? "" : " and was killed; nothing that was committed is lost")}.");
        if (asked is { } id)
        {
            Kill(id);
        }

        await EndsAsync(piece, KilledEnds, () => { }, cancel);

        // One without a record is ending already, or still starting; what it needs has to outlast it.
        void Ask()
        {
            if (_records.TryRead(piece) is { } record && record.ProcessId != asked)
            {
                Posix.AskToEnd(record.ProcessId);
                asked = record.ProcessId;
            }
        }
    }

    private async Task<bool> EndsAsync(Piece piece, TimeSpan limit, Action look, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        while (_records.IsAlive(piece))
        {
            if (waited.Elapsed > limit)
            {
                return false;
            }

            look();
            await Task.Delay(Poll, cancel);
        }

        return true;
    }

    private async Task<PieceRecord> ReadyAsync(Piece piece, Process process, CancellationToken cancel)
    {
        var waited = Stopwatch.StartNew();
        var said = false;
        while (true)
        {
            if (_records.TryRead(piece) is { } record && record.ProcessId == process.Id)
            {
                return record.Failure is { } failure ? throw new StackException($"{piece.Title()} did not start: {failure}") : record;
            }

            if (process.HasExited)
            {
                throw new StackException($"{piece.Title()} ended with code {process.ExitCode} before it was ready; see '{ErrorsPath(piece)}'.");
            }

            if (waited.Elapsed > piece.StartLimit())
            {
                process.Kill(entireProcessTree: true);
                throw new StackException($"{piece.Title()} was not ready after {piece.StartLimit().TotalSeconds} s; see '{state.Logs}'.");
            }

            if (!said && waited.Elapsed > WorthAWord)
            {
                say($"{piece.Title()} is starting; the first time takes longest.");
                said = true;
            }

            await Task.Delay(Poll, cancel);
        }
    }

    private Process Spawn(Piece piece, IReadOnlyDictionary<string, string> environment)
    {
        var errors = ErrorsPath(piece);
        if (new FileInfo(errors) is { Exists: true, Length: > CrashLogLimitBytes })
        {
            File.Move(errors, errors + ".1", overwrite: true);
        }

        var start = new ProcessStartInfo("/bin/sh", ["-c", Detached, .. SelfCommand(), piece.Verb()]);
        start.Environment["PIECE_ERRORS"] = errors;
        start.Environment[StateFolder.Variable] = state.Root;
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    private string ErrorsPath(Piece piece) => Path.Combine(state.Logs, piece.Verb() + ".err");

    /// <summary>This program again, whether it was started by its own name or through dotnet.</summary>
    private static string[] SelfCommand()
    {
        var self = Environment.ProcessPath ?? throw new StackException("The path of the running program is not known, so it cannot start the pieces of the stack.");
        return Path.GetFileNameWithoutExtension(self) == "dotnet" ? [self, typeof(PieceLauncher).Assembly.Location] : [self];
    }

    private static void Kill(int processId)
    {
        try
        {
            using var process = Process.GetProcessById(processId);
            process.Kill();
        }
        catch (ArgumentException)
        {
            // It ended at the last moment.
        }
    }
}
