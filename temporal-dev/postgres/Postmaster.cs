using System.Diagnostics;
using System.Globalization;

namespace TemporalDev.Postgres;

/// <summary>
/// The running server process, between its owner and a guard: a shell that stops the server when its standard input
/// ends, which is also what happens when the owner is killed. A server never outlives its owner for long.
/// </summary>
internal sealed class Postmaster : IAsyncDisposable
{
    // The reader is a process of its own, because a shell cannot wait for a child and read at the same time. It survives
    // the death of the shell, so that killing the guard does not set the server free either.
    private const string Guard =
        """
        exec 3<&0
        "$0" "$@" 3<&- </dev/null 1>&2 &
        server=$!
        { read -r _ <&3; kill -INT "$server"; } >/dev/null 2>&1 &
        reader=$!
        wait "$server"
        code=$?
        kill "$reader"
        [ -z "$SCRATCH_CLUSTER" ] || rm -rf -- "$SCRATCH_CLUSTER"
        exit "$code"
        """;

    // How long the last words of an ended server may take; a server that lost its guard keeps the pipe open for ever.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(1);

    private readonly Process _guard;
    private readonly BoundedLog _log;
    private readonly Task _reading;
    private readonly CancellationTokenSource _stopReading = new();

    private Postmaster(Process guard, BoundedLog log)
    {
        _guard = guard;
        _log = log;
        _reading = ReadLogAsync(_stopReading.Token);
        Exited = WaitForExitAsync();
    }

    public Task Exited { get; }

    public string RecentLog => _log.Recent;

    public static Postmaster Start(ServerAccount account, ServerBinaries binaries, IEnumerable<string> arguments, string logPath, string? scratchCluster)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", Guard, binaries.Server, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
        };
        start.Environment["SCRATCH_CLUSTER"] = scratchCluster;
        var log = new BoundedLog(logPath);
        return new Postmaster(account.Start(start), log);
    }

    /// <summary>Open sessions are rolled back, everything committed is flushed (PostgreSQL's "fast" shutdown).</summary>
    public async Task StopAsync(TimeSpan timeout)
    {
        _guard.StandardInput.Close();
        try
        {
            await Exited.WaitAsync(timeout);
        }
        catch (TimeoutException)
        {
            // Left to the next start, which ends what is still there before it begins.
            _guard.Kill();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!Exited.IsCompleted)
        {
            _guard.Kill();
        }

        await Exited;
        _stopReading.Dispose();
        _guard.Dispose();
        _log.Dispose();
    }

    private async Task WaitForExitAsync()
    {
        await _guard.WaitForExitAsync();
        _stopReading.CancelAfter(LastWords);
        await _reading;
        _log.Write(string.Create(CultureInfo.InvariantCulture, $"server ended with exit code {_guard.ExitCode}"));
    }

    private async Task ReadLogAsync(CancellationToken cancel)
    {
        try
        {
            while (await _guard.StandardError.ReadLineAsync(cancel) is { } line)
            {
                _log.Write(line);
            }
        }
        catch (OperationCanceledException)
        {
            // Read for long enough.
        }
    }
}
