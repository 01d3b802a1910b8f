using Coresdk.WorkflowActivation;
using Coresdk.WorkflowCommands;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Runs;

internal sealed class RunTimers(RunState state)
{
    // The server has no timers of zero.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(1);

    private readonly Dictionary<uint, TaskCompletionSource> _running = [];
    private uint _lastSequence;

    public async Task DelayAsync(DelayAsyncInput input)
    {
        state.Commands.ThrowIfReadOnly();
        var cancel = input.CancellationToken ?? state.CancellationToken;
        cancel.ThrowIfCancellationRequested();
        using var stack = state.Waits.Enter();
        var source = new TaskCompletionSource();
        if (input.Delay == Timeout.InfiniteTimeSpan)
        {
            using var end = cancel.Register(() => source.TrySetCanceled(cancel));
            await source.Task;
            return;
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(input.Delay, TimeSpan.Zero, nameof(input));
        var sequence = ++_lastSequence;
        _running.Add(sequence, source);
        state.Commands.Add(new()
        {
            StartTimer = new()
            {
                Seq = sequence,
                StartToFireTimeout = Duration.FromTimeSpan(input.Delay < Shortest ? Shortest : input.Delay),
            },
            UserMetadata = state.Summary(input.Summary),
        });
        using var registration = cancel.Register(() => Cancel(sequence, cancel));
        await source.Task;
    }

    public void Fire(FireTimer job)
    {
        if (_running.Remove(job.Seq, out var source))
        {
            source.TrySetResult();
        }
    }

    private void Cancel(uint sequence, CancellationToken token)
    {
        if (!_running.Remove(sequence, out var source))
        {
            return;
        }

        state.Commands.Add(new WorkflowCommand { CancelTimer = new() { Seq = sequence } });
        source.TrySetCanceled(token);
    }
}
