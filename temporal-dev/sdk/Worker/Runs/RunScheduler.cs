using System.Diagnostics;
using Temporalio.Exceptions;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>
/// Runs the tasks of one workflow run: one at a time, first in first out, never inline, and only while the worker
/// drains it. That order is all that makes C# tasks repeatable.
/// </summary>
/// <param name="offended">Told of a violation at once: nobody may ask for another task of this run for a long time.</param>
internal sealed class RunScheduler(IWorkflowContext context, Action<InvalidWorkflowOperationException> offended) : TaskScheduler
{
    [ThreadStatic]
    private static RunScheduler? _ofThisThread;

    private readonly LinkedList<Task> _queue = [];
    private readonly Lock _lock = new();
    private bool _readOnly;

    /// <summary>The scheduler that has made this thread its own.</summary>
    public static RunScheduler? OfThisThread => _ofThisThread;

    public IWorkflowContext Context { get; } = context;

    /// <summary>False while code runs whose tasks are its own business, such as a logger.</summary>
    public bool Watched { get; set; } = true;

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
        _ofThisThread = this;
        try
        {
            activation();
        }
        finally
        {
            _ofThisThread = null;
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

    public void DrainUntil(Task last)
    {
        while (!last.IsCompleted && TryTake() is { } task)
        {
            TryExecuteTask(task);
        }
    }

    public T Unwatched<T>(Func<T> code)
    {
        var before = Watched;
        Watched = false;
        try
        {
            return code();
        }
        finally
        {
            Watched = before;
        }
    }

    /// <summary>Keeps the first offence for the answer to the current task, with the stack of who is at it.</summary>
    public void Report(string offence) =>
        Report(new InvalidWorkflowSchedulerException(offence, UserFrames.Of(new StackTrace(skipFrames: 1, fNeedFileInfo: true))));

    /// <summary>While set, code that may only look is running: whatever it starts would be missing on replay.</summary>
    public void SetReadOnly(bool readOnly) => _readOnly = readOnly;

    protected override void QueueTask(Task task)
    {
        lock (_lock)
        {
            _queue.AddLast(task);
        }

        if (_ofThisThread != this)
        {
            Report(
                "A task of this workflow was continued by a thread of another scheduler. Task.Run, Task.Delay, ConfigureAwait(false), timers and I/O do that: " +
                "use Workflow.RunTaskAsync, Workflow.DelayAsync and activities, and leave ConfigureAwait out.");
        }
        else if (_readOnly)
        {
            Report(new InvalidWorkflowOperationException("A query, update validator or condition started or completed a task: it may only look."));
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

    private void Report(InvalidWorkflowOperationException violation)
    {
        lock (_lock)
        {
            if (Violation != null)
            {
                return;
            }

            Violation = violation;
        }

        offended(violation);
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
