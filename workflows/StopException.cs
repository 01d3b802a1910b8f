using Orchestrator.Workflows.Contracts;
using Temporalio.Exceptions;

namespace Orchestrator.Workflows;

/// <summary>Ends the way forward of a batch; what was done is taken back.</summary>
internal sealed class StopException(StopCause cause, string reason) : Exception(reason)
{
    public StopCause Cause { get; } = cause;

    /// <summary>The innermost failure is the one that says what happened; the outer ones only say where.</summary>
    public static string ReasonOf(Exception failure)
    {
        var inner = failure;
        while (inner is ActivityFailureException or ChildWorkflowFailureException && inner.InnerException is { } next)
        {
            inner = next;
        }

        return inner.Message;
    }
}
