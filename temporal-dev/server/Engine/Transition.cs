using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.History.V1;

namespace TemporalDev.Server.Engine;

/// <summary>What became ready for a poller by a transition; the task queues get it after the commit.</summary>
internal enum ReadyKind
{
    WorkflowTask,
    ActivityTask,
}

internal sealed record ReadyTask(ReadyKind Kind, long ScheduledEventId, int Attempt);

/// <summary>
/// One step of one run: collects the events and everything else that must become durable together. Pure: the clock is a
/// value, and nothing leaves before the caller has committed.
/// </summary>
internal sealed class Transition(RunState state, DateTimeOffset now, Func<string> newId)
{
    private readonly List<HistoryEvent> _events = [];
    private readonly List<ReadyTask> _ready = [];

    public RunState State => state;

    public DateTimeOffset Now => now;

    /// <summary>A new unique id; passed in, so that tests can predict it.</summary>
    public Func<string> NewId => newId;

    public IReadOnlyList<HistoryEvent> Events => _events;

    public IReadOnlyList<ReadyTask> Ready => _ready;

    /// <summary>The run that takes over from this one; it becomes durable in the same commit.</summary>
    public Transition? Successor { get; set; }

    /// <summary>True when something changed that a list of workflows shows.</summary>
    public bool VisibilityChanged { get; set; }

    /// <summary>Set by reads and refusals that turned out to change nothing: no commit is needed.</summary>
    public bool IsUnchanged { get; set; }

    /// <summary>Writes an event at the end of the history.</summary>
    public HistoryEvent Append(HistoryEvent added)
    {
        added.EventId = state.NextEventId++;
        added.TaskId = added.EventId;
        added.EventTime ??= Timestamp.FromDateTimeOffset(now);
        state.HistoryBytes += added.CalculateSize();
        _events.Add(added);
        return added;
    }

    /// <summary>
    /// Writes an event that comes from outside the workflow task. It waits in the buffer until no workflow task is
    /// started, so that a worker never completes a task whose history has grown behind its back.
    /// </summary>
    public void Record(HistoryEvent added)
    {
        added.EventTime = Timestamp.FromDateTimeOffset(now);
        state.Buffered.Add(added);
    }

    /// <summary>Moves the buffered events into the history; false when there were none.</summary>
    public bool Flush()
    {
        if (state.Buffered.Count == 0)
        {
            return false;
        }

        foreach (var buffered in EventBuffer.Take(state.Buffered))
        {
            var added = Append(buffered);
            EventBuffer.Note(added, state);
        }

        EventBuffer.Resolve(_events);
        return true;
    }

    /// <summary>To be called once, when the transition's work is done.</summary>
    public void Finish()
    {
        if (state.HasStartedTask && state.Buffered.Count > Limits.BufferedEvents)
        {
            // The worker takes too long for what arrives: its task is given up, so that the buffer can be written.
            WorkflowTasks.Fail(this, new TaskFailure(WorkflowTaskFailedCause.ForceCloseCommand, null, ""));
            WorkflowTasks.Wake(this);
        }

        if (!state.HasStartedTask)
        {
            Flush();
        }

        state.Transitions++;
    }

    public void MakeReady(ReadyTask task) => _ready.Add(task);

    /// <summary>For a task that goes to its worker in a response and must not be found in a queue besides.</summary>
    public void Withhold(ReadyKind kind) => _ready.RemoveAll(task => task.Kind == kind);

    public void Withhold(ReadyTask task) => _ready.Remove(task);

    public void Send(OutboxKind kind, long eventId, ClosePolicyTarget? target = null)
    {
        var id = state.Outbox.Count == 0 ? 1 : state.Outbox[^1].Id + 1;
        state.Outbox.Add(new OutboxMessage(id, kind, eventId) { Target = target });
    }

    public void Delivered(int messageId) => state.Outbox.RemoveAll(message => message.Id == messageId);
}
