using System.Text.Json;
using System.Threading.Channels;

namespace Temporalio.Bridge;

/// <summary>The calls that wait for an answer, by the number that the answer will carry.</summary>
internal sealed class BridgeCalls
{
    private readonly Lock _lock = new();
    private readonly Dictionary<uint, ICall> _open = [];
    private uint _last;
    private BridgeException? _failed;

    private interface ICall
    {
        void Item(byte[] body);

        void Done(byte[] body);

        void Fail(BridgeException error);
    }

    public (uint Call, Task<byte[]> Answer) Open()
    {
        var single = new Single();
        return (Add(single), single.Answer);
    }

    public (uint Call, ChannelReader<byte[]> Items) OpenStream()
    {
        var many = new Many();
        return (Add(many), many.Items);
    }

    public void Apply(BridgeFrame frame)
    {
        ICall? call;
        lock (_lock)
        {
            if (!_open.TryGetValue(frame.Call, out call))
            {
                return;
            }

            if (frame.Kind != BridgeAnswer.Item)
            {
                _open.Remove(frame.Call);
            }
        }

        switch (frame.Kind)
        {
            case BridgeAnswer.Item:
                call.Item(frame.Body);
                break;
            case BridgeAnswer.Done:
                call.Done(frame.Body);
                break;
            case BridgeAnswer.Failed:
                var error = JsonSerializer.Deserialize<Error>(frame.Body, JsonSerializerOptions.Web)!;
                call.Fail(new($"Temporal's core refused: {error.Message}", error.Name));
                break;
            default:
                throw new BridgeException($"The core's process sent a frame of the unknown kind {frame.Kind}.");
        }
    }

    public void FailAll(BridgeException reason)
    {
        List<ICall> calls;
        lock (_lock)
        {
            _failed = reason;
            calls = [.. _open.Values];
            _open.Clear();
        }

        foreach (var call in calls)
        {
            call.Fail(reason);
        }
    }

    private uint Add(ICall call)
    {
        lock (_lock)
        {
            if (_failed is { } reason)
            {
                call.Fail(reason);
                return 0;
            }

            _open.Add(++_last, call);
            return _last;
        }
    }

    private sealed record Error(string? Name, string? Message);

    private sealed class Single : ICall
    {
        // The reading loop must not run what waits for the answer.
        private readonly TaskCompletionSource<byte[]> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<byte[]> Answer => _source.Task;

        public void Item(byte[] body) => throw new BridgeException("The core's process sent several answers to one call.");

        public void Done(byte[] body) => _source.TrySetResult(body);

        public void Fail(BridgeException error) => _source.TrySetException(error);
    }

    private sealed class Many : ICall
    {
        // Unbounded on purpose: the core sends no more tasks than the worker has slots for.
        private readonly Channel<byte[]> _items = Channel.CreateUnbounded<byte[]>(new() { SingleReader = true, SingleWriter = true });

        public ChannelReader<byte[]> Items => _items.Reader;

        public void Item(byte[] body) => _items.Writer.TryWrite(body);

        public void Done(byte[] body) => _items.Writer.TryComplete();

        public void Fail(BridgeException error) => _items.Writer.TryComplete(error);
    }
}
