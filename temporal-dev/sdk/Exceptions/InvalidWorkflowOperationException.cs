namespace Temporalio.Exceptions;

/// <summary>Workflow code did what workflow code may not do. It fails the workflow task, not the workflow.</summary>
public class InvalidWorkflowOperationException : TemporalException
{
    private readonly string? _stackTrace;

    /// <param name="stackTraceOverride">Where the offence happened, when that is not where it is thrown.</param>
    internal InvalidWorkflowOperationException(string message, string? stackTraceOverride = null)
        : base(message) => _stackTrace = stackTraceOverride;

    public override string? StackTrace => _stackTrace ?? base.StackTrace;
}
