using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>The workflow was terminated.</summary>
public class TerminatedFailureException : FailureException
{
    protected internal TerminatedFailureException(Failure failure, Exception? inner, InboundFailureDetails? details)
        : base(failure, inner)
    {
        if (failure.TerminatedFailureInfo is null)
        {
            throw new ArgumentException("The failure is not a termination.", nameof(failure));
        }

        Details = details;
    }

    public new Failure Failure => base.Failure!;

    /// <summary>What the one who terminated passed along; null inside workflows, which never learn it.</summary>
    public InboundFailureDetails? Details { get; protected init; }
}
