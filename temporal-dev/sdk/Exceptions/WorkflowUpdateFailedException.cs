namespace Temporalio.Exceptions;

/// <summary>The update was rejected, or its handler failed; the inner exception is why.</summary>
public class WorkflowUpdateFailedException(Exception? inner) : TemporalException("Workflow update failed", inner);
