using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>What a workflow sees when a child workflow failed; the inner exception is why.</summary>
public class ChildWorkflowFailureException : FailureException
{
    protected internal ChildWorkflowFailureException(Failure failure, Exception? inner)
        : base(failure, inner)
    {
        if (failure.ChildWorkflowExecutionFailureInfo is null)
        {
            throw new ArgumentException("The failure is not a child workflow failure.", nameof(failure));
        }
    }

    public new Failure Failure => base.Failure!;

    public string Namespace => Received.Namespace;

    public string WorkflowId => Received.WorkflowExecution.WorkflowId;

    public string RunId => Received.WorkflowExecution.RunId;

    public string WorkflowType => Received.WorkflowType.Name;

    public RetryState RetryState => Received.RetryState;

    private ChildWorkflowExecutionFailureInfo Received => Failure.ChildWorkflowExecutionFailureInfo;
}
