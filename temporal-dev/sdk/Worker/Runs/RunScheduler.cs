using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>
/// Runs the tasks of one workflow run: one at a time, first in first out, never inline, and only while the worker
/// drains it. That order is all that makes C# tasks repeatable.
/// </summary>
internal sealed class RunScheduler(IWorkflowContext context) : TaskScheduler
{
    private readonly LinkedList<Task> _queue = [];
    private readonly Lock _lock = new();
    private int _thread;
    private bool _readOnly;

    public IWorkflowContext Context { get; } = context;

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>What went wrong where it could not be thrown: the runtime swallows what a scheduler throws.</summary>
    public InvalidWorkflowOperationException? Violation { get; private set; }

    public Task Start(Func<Task> function) =>
        Task.Factory.StartNew(function, CancellationToken.None, TaskCreationOptions.None, this).Unwrap();

    /// <summary>Makes this thread the run's, so that whatever it completes or queues counts as the run's own doing.</summary>
    public void Own(Action activation)
    {
        // A context installed by the host would capture the continuations instead of this scheduler.
        var outside = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        _thread = Environment.CurrentManagedThreadId;
        try
        {
            activation();
        }
        finally
        {
            _thread = 0;
            SynchronizationContext.SetSynchronizationContext(outside);
        }
    }

    /// <summary>Runs what is queued, and what that queues, until nothing is left.</summary>
    public void Drain()
    {
        while (TryTake() is { } task)
        {
            TryExecuteTask(task);
        }
    }

    /// <summary>While set, code that may only look is running: whatever it starts would be missing on replay.</summary>
    public void SetReadOnly(bool readOnly) => _readOnly = readOnly;

    protected override void QueueTask(Task task)
    {
        lock (_lock)
        {
            _queue.AddLast(task);
        }

        if (_thread != Environment.CurrentManagedThreadId)
        {
            Violation ??= new InvalidWorkflowSchedulerException(
                "A task of this workflow was continued by a thread of another scheduler. Task.Run, Task.Delay, ConfigureAwait(false), timers and I/O do that: " +
                "use Workflow.RunTaskAsync, Workflow.DelayAsync and activities, and leave ConfigureAwait out.",
                Environment.StackTrace);
        }
        else if (_readOnly)
        {
            Violation ??= new InvalidWorkflowOperationException("A query, update validator or condition started or completed a task: it may only look.");
        }
    }

    protected override bool TryDequeue(Task task)
    {
        lock (_lock)
        {
            return _queue.Remove(task);
        }
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_lock)
        {
            return [.. _queue];
        }
    }

    private Task? TryTake()
    {
        lock (_lock)
        {
            if (_queue.First is not { } first)
            {
                return null;
            }

            _queue.RemoveFirst();
            return first.Value;
        }
    }
}
