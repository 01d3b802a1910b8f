namespace Temporalio.Exceptions;

/// <summary>A workflow with this id is running, or the reuse policy forbids another.</summary>
public class WorkflowAlreadyStartedException : FailureException
{
    public WorkflowAlreadyStartedException(string message, string workflowId, string workflowType, string runId)
        : base(message)
    {
        WorkflowId = workflowId;
        WorkflowType = workflowType;
        RunId = runId;
    }

    public string WorkflowId { get; private init; }

    public string WorkflowType { get; private init; }

    public string RunId { get; private init; }
}
