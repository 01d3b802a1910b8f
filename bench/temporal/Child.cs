using System.Collections.Concurrent;
using System.Diagnostics;

namespace Orchestrator.Bench.Temporal;

/// <summary>A program that ends with this one, however this one ends: its shell stops it when the shell's own input closes.</summary>
internal sealed class Child : IAsyncDisposable
{
    private const int KeptLines = 20;

    // A terminal signals the whole group: then cat ends and the shell goes on, which is as good as a closed input.
    // A worker whose server is gone before it never comes to its end by itself.
    private const string Guarded = """
        trap : HUP INT TERM
        "$@" </dev/null & child=$!
        cat >/dev/null
        kill $child
        (sleep 10; kill -9 $child) >/dev/null 2>&1 & limit=$!
        while kill -0 $child 2>/dev/null; do wait $child; done
        kill $limit
        """;

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(30);

    private readonly Process _shell;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource _said = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Child(Process shell, string? awaited)
    {
        _shell = shell;
        shell.OutputDataReceived += (_, line) => Keep(line.Data, awaited);
        shell.ErrorDataReceived += (_, line) => Keep(line.Data, awaited);
        shell.BeginOutputReadLine();
        shell.BeginErrorReadLine();
    }

    public ProcessTree Processes => new(_shell.Id);

    public string Said => string.Join('\n', _lines);

    public static Child Start(string program, params IEnumerable<string> arguments) => new(Spawn(program, arguments), awaited: null);

    /// <summary>Returns when the program has said this line.</summary>
    public static async Task<Child> StartAsync(string awaited, string program, params IEnumerable<string> arguments)
    {
        var child = new Child(Spawn(program, arguments), awaited);
        try
        {
            await child._said.Task.WaitAsync(ReadyLimit);
            return child;
        }
        catch (TimeoutException)
        {
            await child.DisposeAsync();
            throw new InvalidOperationException($"{program} did not say '{awaited}' within {ReadyLimit}. It said:\n{child.Said}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        _shell.StandardInput.Close();
        try
        {
            await _shell.WaitForExitAsync().WaitAsync(StopLimit);
        }
        catch (TimeoutException)
        {
            _shell.Kill(entireProcessTree: true);
        }

        _shell.Dispose();
    }

    private static Process Spawn(string program, IEnumerable<string> arguments) => Process.Start(
        new ProcessStartInfo("/bin/sh", ["-c", Guarded, "sh", program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    private void Keep(string? line, string? awaited)
    {
        if (line is null)
        {
            return;
        }

        if (line == awaited)
        {
            _said.TrySetResult();
        }

        _lines.Enqueue(line);
        if (_lines.Count > KeptLines)
        {
            _lines.TryDequeue(out _);
        }
    }
}
