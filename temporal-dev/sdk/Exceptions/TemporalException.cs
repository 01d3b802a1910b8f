namespace Temporalio.Exceptions;

/// <summary>Root of every exception that this library defines.</summary>
public abstract class TemporalException : Exception
{
    protected TemporalException()
    {
    }

    protected TemporalException(string message)
        : base(message)
    {
    }

    protected TemporalException(string message, Exception? inner)
        : base(message, inner)
    {
    }

    /// <summary>
    /// True for a .NET cancellation, a Temporal cancellation, and an activity or child workflow that failed because
    /// it was cancelled. A cancelled timer throws the first, a cancelled activity the last: handlers want both.
    /// </summary>
    public static bool IsCanceledException(Exception e) => e switch
    {
        OperationCanceledException or CanceledFailureException => true,
        ActivityFailureException or ChildWorkflowFailureException => e.InnerException is CanceledFailureException,
        _ => false,
    };
}
