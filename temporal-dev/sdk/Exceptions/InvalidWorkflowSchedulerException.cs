namespace Temporalio.Exceptions;

/// <summary>Workflow code started or awaited a task on another scheduler than its own.</summary>
public class InvalidWorkflowSchedulerException : InvalidWorkflowOperationException
{
    internal InvalidWorkflowSchedulerException(string message, string? stackTraceOverride = null)
        : base(message, stackTraceOverride)
    {
    }
}
