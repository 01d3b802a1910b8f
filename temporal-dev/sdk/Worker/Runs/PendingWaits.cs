using System.Diagnostics;

namespace Temporalio.Worker.Runs;

/// <summary>Where in its code the run is waiting, for the stack trace query. Empty unless the worker's options ask for it.</summary>
internal sealed class PendingWaits(WorkflowStackTrace kind)
{
    private const string Separator = "\n\n";
    private readonly LinkedList<StackTrace> _stacks = [];

    public bool Enabled => kind != WorkflowStackTrace.None;

    public IDisposable? Enter()
    {
        if (!Enabled)
        {
            return null;
        }

        var place = _stacks.AddLast(new StackTrace(skipFrames: 1, fNeedFileInfo: true));
        return new Wait(place);
    }

    /// <summary>The stacks of all waits, outermost first, without the frames of this library and of the runtime.</summary>
    public string Describe() =>
        string.Join(Separator, _stacks.Select(UserFrames.Of).Where(stack => stack.Length > 0));

    private sealed class Wait(LinkedListNode<StackTrace> place) : IDisposable
    {
        public void Dispose() => place.List?.Remove(place);
    }
}
