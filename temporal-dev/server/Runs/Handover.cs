using TemporalDev.Server.Engine;
using TemporalDev.Server.Queues;

namespace TemporalDev.Server.Runs;

/// <summary>The tasks of one commit that were started for polls which waited for them, and these polls.</summary>
internal sealed class Handover
{
    private readonly List<(WaitingPoll Poll, QueuedTask? Task)> _reserved = [];

    public async Task OfferAsync(TaskQueue? queue, Transition step, ReadyTask ready)
    {
        while (IsCurrent(step.State, ready) && queue?.Reserve() is { } poll)
        {
            _reserved.Add((poll, null));
            // A cancellation that came before the task may still be on its way through the thread pool.
            await Task.Yield();
            if (!poll.IsCanceled)
            {
                _reserved[^1] = (poll, Start(step, ready, poll.Poller.Taker));
            }
        }
    }

    /// <summary>Also after a commit that failed, or may have: each poll looks at its run, which knows whether it got the task.</summary>
    public void Complete() => _reserved.ForEach(reserved => reserved.Poll.End(reserved.Task));

    /// <summary>The transition may have started the task itself, or closed what it was for.</summary>
    private static bool IsCurrent(RunState state, ReadyTask ready) => ready.Kind == ReadyKind.WorkflowTask
        ? state.WorkflowTask is { IsStarted: false } task && task.ScheduledEventId == ready.ScheduledEventId && task.Attempt == ready.Attempt
        : state.Activities.TryGetValue(ready.ScheduledEventId, out var activity)
            && activity.IsReady && activity.Attempt == ready.Attempt;

    private static QueuedTask Start(Transition step, ReadyTask ready, TaskTaker taker)
    {
        var state = step.State;
        var requestId = step.NewId();
        step.Withhold(ready);
        // To those who count them it is a transition of its own.
        state.Transitions++;
        if (ready.Kind == ReadyKind.ActivityTask)
        {
            ActivityTasks.Start(step, state.Activities[ready.ScheduledEventId], taker, requestId);
            return new QueuedTask(state.Key, ready.ScheduledEventId, ready.Attempt) { StartRequestId = requestId };
        }

        WorkflowTasks.Start(step, taker, requestId);
        return new QueuedTask(state.Key, state.WorkflowTask!.ScheduledEventId, state.WorkflowTask.Attempt) { StartRequestId = requestId };
    }
}
