namespace Temporalio.Exceptions;

/// <summary>A client waited for a workflow that failed, timed out or was cancelled; the inner exception is why.</summary>
public class WorkflowFailedException(Exception? inner) : TemporalException("Workflow failed", inner);
