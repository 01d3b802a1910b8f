using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;
using Temporalio.Converters;

namespace Temporalio.Exceptions;

/// <summary>
/// A failure of user code. A workflow throws it to fail; any other exception of an activity becomes one, retryable,
/// with the exception's class name as its error type.
/// </summary>
public class ApplicationFailureException : FailureException
{
    /// <param name="errorType">What retry policies and callers match on.</param>
    /// <param name="nextRetryDelay">Replaces the delay that the retry policy would have chosen.</param>
    public ApplicationFailureException(
        string message,
        string? errorType = null,
        bool nonRetryable = false,
        IReadOnlyCollection<object?>? details = null,
        TimeSpan? nextRetryDelay = null,
        ApplicationErrorCategory category = ApplicationErrorCategory.Unspecified)
        : this(message, inner: null, errorType, nonRetryable, details, nextRetryDelay, category)
    {
    }

    /// <param name="errorType">What retry policies and callers match on.</param>
    /// <param name="nextRetryDelay">Replaces the delay that the retry policy would have chosen.</param>
    public ApplicationFailureException(
        string message,
        Exception? inner,
        string? errorType = null,
        bool nonRetryable = false,
        IReadOnlyCollection<object?>? details = null,
        TimeSpan? nextRetryDelay = null,
        ApplicationErrorCategory category = ApplicationErrorCategory.Unspecified)
        : base(message, inner)
    {
        ErrorType = errorType;
        NonRetryable = nonRetryable;
        Details = new OutboundFailureDetails(details ?? []);
        NextRetryDelay = nextRetryDelay;
        Category = category;
    }

    protected internal ApplicationFailureException(Failure failure, Exception? inner, IPayloadConverter converter)
        : base(failure, inner)
    {
        var received = failure.ApplicationFailureInfo
            ?? throw new ArgumentException("The failure is not an application failure.", nameof(failure));
        ErrorType = received.Type is { Length: > 0 } type ? type : null;
        NonRetryable = received.NonRetryable;
        Details = new InboundFailureDetails(converter, received.Details?.Payloads_);
        NextRetryDelay = received.NextRetryDelay?.ToTimeSpan();
        Category = received.Category;
    }

    public string? ErrorType { get; protected init; }

    public bool NonRetryable { get; protected init; }

    public IFailureDetails Details { get; protected init; }

    public TimeSpan? NextRetryDelay { get; protected init; }

    public ApplicationErrorCategory Category { get; protected init; }
}
