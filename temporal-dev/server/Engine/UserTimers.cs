using Temporalio.Api.Command.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

internal static class UserTimers
{
    public static void Start(Transition step, StartTimerCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadStartTimerAttributes;
        Require.Id(command.TimerId, "TimerId", bad);
        Require.NotNegative(command.StartToFireTimeout, "StartToFireTimeout", bad);
        if (step.State.Timers.ContainsKey(command.TimerId))
        {
            throw new WorkflowTaskRefusal(
                WorkflowTaskFailedCause.StartTimerDuplicateId, $"Timer '{command.TimerId}' is running already.");
        }

        var started = step.Append(new HistoryEvent
        {
            EventType = EventType.TimerStarted,
            TimerStartedEventAttributes = new()
            {
                TimerId = command.TimerId,
                StartToFireTimeout = command.StartToFireTimeout,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
            },
        });
        step.State.Timers[command.TimerId] = new TimerState
        {
            TimerId = command.TimerId,
            StartedEventId = started.EventId,
            FiresAt = step.Now + (command.StartToFireTimeout?.ToTimeSpan() ?? TimeSpan.Zero),
        };
    }

    public static void Cancel(Transition step, CancelTimerCommandAttributes command, CommandContext context)
    {
        const WorkflowTaskFailedCause bad = WorkflowTaskFailedCause.BadCancelTimerAttributes;
        Require.Id(command.TimerId, "TimerId", bad);
        var startedEventId = step.State.Timers.Remove(command.TimerId, out var timer)
            ? timer.StartedEventId
            : TakeBufferedFiring(step, command.TimerId, context);

        step.Append(new HistoryEvent
        {
            EventType = EventType.TimerCanceled,
            TimerCanceledEventAttributes = new()
            {
                TimerId = command.TimerId,
                StartedEventId = startedEventId,
                WorkflowTaskCompletedEventId = context.CompletedEventId,
                Identity = context.Worker.Identity,
            },
        });
    }

    public static void Fire(Transition step, string timerId)
    {
        if (!step.State.Timers.Remove(timerId, out var timer))
        {
            return;
        }

        step.Record(new HistoryEvent
        {
            EventType = EventType.TimerFired,
            TimerFiredEventAttributes = new() { TimerId = timerId, StartedEventId = timer.StartedEventId },
        });
        WorkflowTasks.Wake(step);
    }

    /// <summary>The timer fired while the worker decided to cancel it: the worker's decision wins.</summary>
    private static long TakeBufferedFiring(Transition step, string timerId, CommandContext context)
    {
        var buffered = step.State.Buffered;
        var at = buffered.FindIndex(item => item.TimerFiredEventAttributes?.TimerId == timerId);
        if (at < 0)
        {
            throw new WorkflowTaskRefusal(
                WorkflowTaskFailedCause.BadCancelTimerAttributes, $"Timer '{timerId}' is not running.");
        }

        var startedEventId = buffered[at].TimerFiredEventAttributes.StartedEventId;
        buffered.RemoveAt(at);
        context.HadBufferedEvents = buffered.Count > 0 || context.Updates.HasMore;
        return startedEventId;
    }
}
