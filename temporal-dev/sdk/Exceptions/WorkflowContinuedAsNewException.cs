namespace Temporalio.Exceptions;

/// <summary>A client waited for one run only, and that run continued as new.</summary>
public class WorkflowContinuedAsNewException(string newRunId) : TemporalException("Workflow continued as new")
{
    public string NewRunId { get; private init; } = newRunId;
}
