using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace Temporalio.Exceptions;

/// <summary>What a workflow sees when an activity failed; the inner exception is why.</summary>
public class ActivityFailureException : FailureException
{
    protected internal ActivityFailureException(Failure failure, Exception? inner)
        : base(failure, inner)
    {
        if (failure.ActivityFailureInfo is null)
        {
            throw new ArgumentException("The failure is not an activity failure.", nameof(failure));
        }
    }

    public new Failure Failure => base.Failure!;

    public string? Identity => Received.Identity is { Length: > 0 } identity ? identity : null;

    public string ActivityType => Received.ActivityType.Name;

    public string ActivityId => Received.ActivityId;

    public RetryState RetryState => Received.RetryState;

    private ActivityFailureInfo Received => Failure.ActivityFailureInfo;
}
