namespace Temporalio.Exceptions;

/// <summary>Replay of a history asked for other commands than the history records.</summary>
public class WorkflowNondeterminismException : InvalidWorkflowOperationException
{
    internal WorkflowNondeterminismException(string message)
        : base(message)
    {
    }
}
