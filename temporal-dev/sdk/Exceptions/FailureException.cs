using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>Root of the exceptions that travel as a Temporal failure. Thrown by a workflow, they fail it.</summary>
public class FailureException : TemporalException
{
    protected internal FailureException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    protected internal FailureException(Failure failure, Exception? inner)
        : base(failure.Message, inner) => Failure = failure;

    /// <summary>The failure as it was received; null when the exception was created here.</summary>
    public Failure? Failure { get; protected init; }

    // A failure that was only converted has not been thrown in this process: show where it was thrown first.
    public override string? StackTrace =>
        base.StackTrace is { Length: > 0 } here ? here : Failure is { StackTrace.Length: > 0 } ? Failure.StackTrace : base.StackTrace;
}
