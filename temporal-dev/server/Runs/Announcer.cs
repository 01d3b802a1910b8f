using TemporalDev.Server.Clock;
using TemporalDev.Server.Engine;
using TemporalDev.Server.Queries;
using TemporalDev.Server.Queues;
using TemporalDev.Server.Schedules;
using TemporalDev.Server.Timers;
using TemporalDev.Server.Updates;
using Temporalio.Api.Enums.V1;

namespace TemporalDev.Server.Runs;

/// <summary>Tells the rest of the server what a committed transition means for it.</summary>
internal sealed class Announcer(
    TaskQueues queues,
    DueTimes<RunKey> due,
    RunSignals signals,
    QueryBoard queries,
    UpdateBoard updates,
    DueTimes<RunKey> outbox,
    ScheduleWatch schedules,
    TimeSkipping? skipping)
{
    /// <summary>
    /// Starts tasks that polls are waiting for in the transitions that schedule them, which spares each a commit of its own. To be
    /// called before the commit; after it, whatever became of it, the handover is completed.
    /// </summary>
    public async Task HandOverAsync(Handover handover, IReadOnlyList<Transition> steps)
    {
        foreach (var step in steps)
        {
            foreach (var ready in step.Ready.ToList())
            {
                if (QueueOf(step.State, ready) is { } key)
                {
                    await handover.OfferAsync(queues.Find(key), step, ready);
                }
            }
        }
    }

    public void Announce(IReadOnlyList<Transition> steps)
    {
        // A run that ends and its successor that begins are one: nobody is idle in between.
        using var together = skipping?.Hold();
        foreach (var step in steps)
        {
            Announce(step);
        }
    }

    private void Announce(Transition step)
    {
        var state = step.State;
        foreach (var ready in step.Ready)
        {
            Publish(state, ready);
        }

        Follow(state);
    }

    /// <summary>Takes up a run of which nothing is known but what the store says.</summary>
    public void Resume(RunState state)
    {
        if (state.WorkflowTask is { IsStarted: false } task)
        {
            Publish(state, new ReadyTask(ReadyKind.WorkflowTask, task.ScheduledEventId, task.Attempt));
        }

        foreach (var activity in state.Activities.Values.Where(activity => activity.IsReady))
        {
            Publish(state, new ReadyTask(ReadyKind.ActivityTask, activity.ScheduledEventId, activity.Attempt));
        }

        Follow(state);
    }

    private void Follow(RunState state)
    {
        due.Set(state.Key, Deadlines.Next(state));
        signals.Changed(state.RunId);
        queries.Observe(state);
        updates.Observe(state);
        if (!state.IsOpen)
        {
            schedules.Ended(state.Key.Chain);
        }

        if (state.Outbox.Count > 0)
        {
            outbox.Set(state.Key, DateTimeOffset.MinValue);
        }

        skipping?.Observe(state);
    }

    private void Publish(RunState state, ReadyTask ready)
    {
        if (QueueOf(state, ready) is { } key)
        {
            queues.Publish(key, new QueuedTask(state.Key, ready.ScheduledEventId, ready.Attempt));
        }
    }

    /// <summary>Null for an activity that has closed in the transition that made it ready.</summary>
    private QueueKey? QueueOf(RunState state, ReadyTask ready) => ready.Kind == ReadyKind.WorkflowTask
        ? WorkflowQueue(state)
        : state.Activities.TryGetValue(ready.ScheduledEventId, out var activity)
            ? new QueueKey(state.NamespaceId, activity.TaskQueue, TaskQueueType.Activity)
            : null;

    /// <summary>The sticky queue while its worker is there, else the normal one.</summary>
    private QueueKey WorkflowQueue(RunState state)
    {
        if (state.WorkflowTask?.Sticky is { } sticky)
        {
            var key = new QueueKey(state.NamespaceId, sticky.Name, TaskQueueType.Workflow);
            if (queues.Find(key) is { IsAttended: true })
            {
                return key;
            }
        }

        return new QueueKey(state.NamespaceId, state.TaskQueue, TaskQueueType.Workflow);
    }
}
