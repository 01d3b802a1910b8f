using Temporalio.Api.Enums.V1;

namespace Temporalio.Exceptions;

/// <summary>The server refused the query because of the workflow's status.</summary>
public class WorkflowQueryRejectedException(WorkflowExecutionStatus workflowStatus)
    : TemporalException($"The query was rejected: the workflow's status is {workflowStatus}.")
{
    public WorkflowExecutionStatus WorkflowStatus { get; private init; } = workflowStatus;
}
