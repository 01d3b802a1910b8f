using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>Conditions the run waits for, asked one after the other each time its tasks have come to rest.</summary>
internal sealed class RunConditions(RunState state, RunTimers timers)
{
    private readonly LinkedList<Waiting> _waiting = [];

    public bool IsEmpty => _waiting.Count == 0;

    public async Task<bool> WaitAsync(WaitConditionOptions options)
    {
        state.Commands.ThrowIfReadOnly();
        var check = options.ConditionCheck ?? throw new ArgumentException("ConditionCheck is required.", nameof(options));
        var cancel = options.CancellationToken ?? state.CancellationToken;
        cancel.ThrowIfCancellationRequested();
        using var stack = state.Waits.Enter();
        var place = _waiting.AddLast(new Waiting(check));
        using var registration = cancel.Register(() => Cancel(place, cancel));
        if (options.Timeout is not { } timeout || timeout == Timeout.InfiniteTimeSpan)
        {
            await place.Value.Source.Task;
            return true;
        }

        using var stopTimer = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var timer = timers.DelayAsync(new(timeout, stopTimer.Token, options.TimeoutSummary));
        if (await Task.WhenAny(place.Value.Source.Task, timer) == timer)
        {
            Remove(place);
            await timer;
            return false;
        }

#pragma warning disable VSTHRD103 // CancelAsync would leave the workflow's scheduler.
        stopTimer.Cancel();
#pragma warning restore VSTHRD103
        await place.Value.Source.Task;
        return true;
    }

    /// <summary>
    /// Resolves the first condition that holds. Only one: what waited for it may make the others false again, as with
    /// a lock that several wait for.
    /// </summary>
    public bool ResolveFirst()
    {
        for (var place = _waiting.First; place != null; place = place.Next)
        {
            if (!Holds(place.Value))
            {
                continue;
            }

            Remove(place);
            place.Value.Source.TrySetResult();
            return true;
        }

        return false;
    }

    private bool Holds(Waiting waiting)
    {
        state.Commands.ReadOnlyFor = RunCommands.Condition;
        try
        {
            return waiting.Check();
        }
#pragma warning disable CA1031 // The condition is user code: its exception belongs to whoever awaits it.
        catch (Exception e)
#pragma warning restore CA1031
        {
            waiting.Source.TrySetException(e);
            return true;
        }
        finally
        {
            state.Commands.ReadOnlyFor = null;
        }
    }

    private static void Remove(LinkedListNode<Waiting> place) => place.List?.Remove(place);

    private static void Cancel(LinkedListNode<Waiting> place, CancellationToken token)
    {
        Remove(place);
        place.Value.Source.TrySetCanceled(token);
    }

    private sealed record Waiting(Func<bool> Check)
    {
        public TaskCompletionSource Source { get; } = new();
    }
}
