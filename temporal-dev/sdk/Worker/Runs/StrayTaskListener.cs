using System.Diagnostics;
using System.Diagnostics.Tracing;

namespace Temporalio.Worker.Runs;

/// <summary>
/// Notices tasks, timers and continuations that leave the scheduler of a run, on the thread of the run and at the
/// moment they do. The runtime tells of them through its event sources only.
/// </summary>
internal sealed class StrayTaskListener : EventListener
{
    private const string TaskSource = "System.Threading.Tasks.TplEventSource";
    private const string FrameworkSource = "System.Diagnostics.Eventing.FrameworkEventSource";
    private const EventKeywords TaskTransfer = (EventKeywords)0x1;
    private const EventKeywords ThreadTransfer = (EventKeywords)0x10;

    private const int TaskScheduled = 7;
    private const int TaskWaitBegun = 10;
    private const int ContinuationScheduled = 12;
    private const int ThreadTransferSent = 150;
    private const int SynchronousWait = 1;
    private const int WaitBehaviorIndex = 3;

    private static readonly Lock Gate = new();
    private static StrayTaskListener? _listener;
    private static int _users;

    private StrayTaskListener()
    {
    }

    /// <summary>Until the registration is disposed; one listener serves all workers of the process.</summary>
    public static IDisposable Listen()
    {
        lock (Gate)
        {
            _users++;
            _listener ??= new StrayTaskListener();
        }

        return new Registration();
    }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        switch (eventSource.Name)
        {
            case TaskSource:
                EnableEvents(eventSource, EventLevel.Informational, TaskTransfer);
                break;
            case FrameworkSource:
                EnableEvents(eventSource, EventLevel.Informational, ThreadTransfer);
                break;
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (RunScheduler.OfThisThread is { Watched: true } run && Offence(eventData, run) is { } sentence)
        {
            run.Report(sentence);
        }
    }

    private static string? Offence(EventWrittenEventArgs written, RunScheduler run) => written.EventId switch
    {
        TaskScheduled when !Equals(written.Payload?[0], run.Id) =>
            "Workflow code started a task on another scheduler than its own. Task.Run, Task.Factory.StartNew and ContinueWith with a scheduler, CancelAsync and " +
            "Parallel do that: use Workflow.RunTaskAsync, Workflow.WhenAnyAsync and CancellationTokenSource.Cancel, and activities for I/O.",
        TaskWaitBegun when Equals(written.Payload?[WaitBehaviorIndex], SynchronousWait) =>
            "Workflow code blocks its thread until a task ends. Task.Wait, Task.Result and GetAwaiter().GetResult() do that: await the task instead.",
        ContinuationScheduled when !IsYield() =>
            "Workflow code continues on the thread pool after an await. ConfigureAwait(false) does that: leave ConfigureAwait out, or pass true.",
        ThreadTransferSent =>
            "Workflow code started a timer of this process. Task.Delay, CancellationTokenSource.CancelAfter, Task.WaitAsync with a time-out and Timer do that: " +
            "use Workflow.DelayAsync, or Workflow.WaitConditionAsync with its time-out.",
        _ => null,
    };

    // Task.Yield stays on the run's scheduler, but the runtime announces it with the same event and arguments.
    private static bool IsYield() =>
        new StackTrace(fNeedFileInfo: false).GetFrames().Any(frame => frame.GetMethod()?.DeclaringType?.DeclaringType == typeof(System.Runtime.CompilerServices.YieldAwaitable));

    private sealed class Registration : IDisposable
    {
        private int _disposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _disposed, 1) != 0)
            {
                return;
            }

            lock (Gate)
            {
                if (--_users == 0)
                {
                    _listener?.Dispose();
                    _listener = null;
                }
            }
        }
    }
}
