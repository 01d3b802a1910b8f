using System.Buffers;

namespace Temporalio.Bridge;

/// <summary>Gathers frames while the previous write is under way, so that a busy worker writes few large blocks.</summary>
internal sealed class BridgeOutbox
{
    private readonly Stream _stream;
    private readonly Lock _lock = new();
    private ArrayBufferWriter<byte> _filling = new();
    private ArrayBufferWriter<byte> _writing = new();
    private bool _busy;
    private bool _closed;

    public BridgeOutbox(Stream stream) => _stream = stream;

    public void Send(BridgeFunction function, uint call, uint handle, int bodyBytes, SpanAction<byte, object?> write, object? state)
    {
        lock (_lock)
        {
            if (_closed)
            {
                return;
            }

            BridgeFrames.WriteRequest(_filling, function, call, handle, bodyBytes, write, state);
            if (_busy)
            {
                return;
            }

            _busy = true;
        }

        // Not the caller's thread: a workflow's completion must not wait for a slow pipe.
        ThreadPool.UnsafeQueueUserWorkItem(static outbox => _ = outbox.WriteAllAsync(), this, preferLocal: false);
    }

    public void Close()
    {
        lock (_lock)
        {
            _closed = true;
        }
    }

    private async Task WriteAllAsync()
    {
        while (true)
        {
            lock (_lock)
            {
                _writing.ResetWrittenCount();
                (_filling, _writing) = (_writing, _filling);
                if (_writing.WrittenCount == 0 || _closed)
                {
                    _busy = false;
                    return;
                }
            }

            try
            {
                await _stream.WriteAsync(_writing.WrittenMemory);
                await _stream.FlushAsync();
            }
            catch (Exception e) when (e is IOException or ObjectDisposedException)
            {
                // The process is gone. The loop that reads from it says so to every caller.
                Close();
            }
        }
    }
}
