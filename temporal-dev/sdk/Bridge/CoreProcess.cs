using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Threading.Channels;
using Google.Protobuf;

namespace Temporalio.Bridge;

/// <summary>
/// The Node process that the native core lives in: one for all workers of this process, started by the first of them.
/// Calls are multiplexed; its death fails all of them with the same sentence.
/// </summary>
internal sealed class CoreProcess
{
    private const string DefaultLogFilter = "error,temporalio_sdk_core=warn,temporalio_client=warn,temporalio_sdk=warn,temporalio_common=warn";
    private const string LogFilterVariable = "TEMPORAL_DEV_CORE_LOG";
    private const int RememberedErrorLines = 20;

    private static readonly Lock SharedLock = new();
    private static readonly TimeSpan WorkerHeartbeat = TimeSpan.FromSeconds(60);
    private static CoreProcess? _shared;
    private static CoreProcess? _replays;

    private readonly Process _process;
    private readonly bool _endsWhenItPanics;
    private readonly BridgeCalls _calls = new();
    private readonly BridgeOutbox _outbox;
    private readonly Queue<string> _errorLines = new();
    private string? _panickedAt;
    private string? _panic;

    private CoreProcess(bool endsWhenItPanics)
    {
        _process = Start();
        _endsWhenItPanics = endsWhenItPanics;
        _outbox = new(_process.StandardInput.BaseStream);
        _process.ErrorDataReceived += (_, line) => RememberError(line.Data);
        _process.BeginErrorReadLine();
        Ended = Task.Run(ReadAnswersAsync);
    }

    /// <summary>Completes, never fails, with the reason for which nothing can be asked any more.</summary>
    public Task<BridgeException> Ended { get; }

    public CoreLog Log { get; } = new();

    public int Id => _process.Id;

    /// <exception cref="BridgeException">There is no Node, or no core.</exception>
    public static CoreProcess Shared() => Running(ref _shared, endsWhenItPanics: false);

    /// <summary>
    /// Not the one of the live workers: a history that the core cannot bear ends its process, because the replay would wait for ever. A live
    /// worker's core survives most of its panics, as that of a local activity whose worker is gone.
    /// </summary>
    public static CoreProcess ForReplays() => Running(ref _replays, endsWhenItPanics: true);

    /// <summary>For one worker alone.</summary>
    public static CoreProcess Apart(bool endsWhenItPanics = false) => new(endsWhenItPanics);

    public Task<byte[]> CallAsync(BridgeFunction function, uint handle, byte[] body) =>
        Begin(function, handle, body.Length, static (span, state) => ((byte[])state!).CopyTo(span), body);

    public Task<byte[]> CallAsync(BridgeFunction function, uint handle) => CallAsync(function, handle, []);

    /// <summary>For functions that take a message, which the core wants with its length in front.</summary>
    public Task<byte[]> CallAsync(BridgeFunction function, uint handle, IMessage message)
    {
        var size = message.CalculateSize();
        return Begin(
            function,
            handle,
            CodedOutputStream.ComputeUInt32Size((uint)size) + size,
            static (span, state) =>
            {
                var message = (IMessage)state!;
                var head = WriteLength(span, (uint)message.CalculateSize());
                message.WriteTo(span[head..]);
            },
            message);
    }

    /// <summary>Asks for a stream of items, which ends when the core has shut the worker down.</summary>
    public ChannelReader<byte[]> Stream(BridgeFunction function, uint handle)
    {
        var (call, items) = _calls.OpenStream();
        _outbox.Send(function, call, handle, 0, static (_, _) => { }, null);
        return items;
    }

    private static CoreProcess Running(ref CoreProcess? shared, bool endsWhenItPanics)
    {
        lock (SharedLock)
        {
            return shared is { Ended.IsCompleted: false } ? shared : shared = new(endsWhenItPanics);
        }
    }

    private static int WriteLength(Span<byte> target, uint value)
    {
        var written = 0;
        while (value >= 0x80)
        {
            target[written++] = (byte)(value | 0x80);
            value >>= 7;
        }

        target[written++] = (byte)value;
        return written;
    }

    private static Process Start()
    {
        var settings = JsonSerializer.Serialize(new
        {
            logFilter = Environment.GetEnvironmentVariable(LogFilterVariable) ?? DefaultLogFilter,
            workerHeartbeatMilliseconds = (long)WorkerHeartbeat.TotalMilliseconds,
        });
        var start = new ProcessStartInfo(CoreModules.Node)
        {
            ArgumentList = { CoreModules.Script, CoreModules.Find(), settings },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            throw new BridgeException(
                $"Node.js 20 or later is needed to run a Temporal worker: install it (Debian: apt-get install nodejs) or set {CoreModules.NodeVariable} to its path.");
        }
    }

    private Task<byte[]> Begin(BridgeFunction function, uint handle, int bodyBytes, SpanAction<byte, object?> write, object? state)
    {
        var (call, answer) = _calls.Open();
        _outbox.Send(function, call, handle, bodyBytes, write, state);
        return answer;
    }

    private async Task<BridgeException> ReadAnswersAsync()
    {
        BridgeException reason;
        try
        {
            await ReadUntilClosedAsync(_process.StandardOutput.BaseStream);
            await _process.WaitForExitAsync();
            reason = new(Epitaph());
        }
        catch (Exception e) when (e is BridgeException or IOException or JsonException)
        {
            _process.Kill();
            reason = new($"Temporal's core cannot be used any more: {e.Message}");
        }

        _outbox.Close();
        _calls.FailAll(reason);
        return reason;
    }

    private async Task ReadUntilClosedAsync(Stream stream)
    {
        var buffer = new byte[64 * 1024];
        var filled = 0;
        while (await stream.ReadAsync(buffer.AsMemory(filled)) is > 0 and var read)
        {
            filled += read;
            filled = Dispatch(buffer.AsSpan(0, filled));
            if (filled == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    /// <summary>Handles the whole frames and moves what is left to the front.</summary>
    private int Dispatch(Span<byte> received)
    {
        ReadOnlySpan<byte> rest = received;
        while (BridgeFrames.TryReadAnswer(ref rest, out var frame))
        {
            if (frame.Kind == BridgeAnswer.Log)
            {
                Log.Write(frame.Body);
            }
            else
            {
                _calls.Apply(frame);
            }
        }

        var left = rest.Length;
        rest.CopyTo(received);
        return left;
    }

    private string Epitaph()
    {
        string[] lines;
        lock (_errorLines)
        {
            lines = [.. _errorLines];
        }

        if (_panic is not null)
        {
            return $"Temporal's core panicked ({_panickedAt}): {_panic}";
        }

        var said = lines.Length == 0 ? "." : $": {string.Join(Environment.NewLine, lines)}";
        return $"The process of Temporal's core (node, pid {_process.Id}) ended with code {_process.ExitCode}{said}";
    }

    private void RememberError(string? line)
    {
        if (line == null)
        {
            return;
        }

        lock (_errorLines)
        {
            if (_endsWhenItPanics)
            {
                SeePanic(line);
            }

            _errorLines.Enqueue(line);
            if (_errorLines.Count > RememberedErrorLines)
            {
                _errorLines.Dequeue();
            }
        }
    }

    // The task that panicked answers nobody any more, and whoever polls it would wait for ever. The line after the place says why.
    private void SeePanic(string line)
    {
        const string Panicked = " panicked at ";
        if (_panickedAt is null)
        {
            var at = line.IndexOf(Panicked, StringComparison.Ordinal);
            _panickedAt = line.StartsWith("thread '", StringComparison.Ordinal) && at > 0 ? line[(at + Panicked.Length)..].TrimEnd(':') : null;
        }
        else if (_panic is null)
        {
            _panic = line;
            _process.Kill();
        }
    }
}
