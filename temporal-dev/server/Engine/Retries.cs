using Google.Protobuf.WellKnownTypes;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Enums.V1;
using Temporalio.Api.Failure.V1;

namespace TemporalDev.Server.Engine;

internal sealed record RetryVerdict(RetryState State, TimeSpan Delay);

/// <summary>Retry policies of activities and workflows: is there another attempt, and when.</summary>
internal static class Retries
{
    /// <summary>A failure is kept per pending activity; a long stack trace in each would swell the state.</summary>
    private const int KeptFailureBytes = 4 * 1024;
    private const int MaximumIntervalFactor = 100;

    public static RetryPolicy WithDefaults(RetryPolicy? given)
    {
        var policy = given?.Clone() ?? new RetryPolicy();
        if (IsZero(policy.InitialInterval))
        {
            policy.InitialInterval = Duration.FromTimeSpan(TimeSpan.FromSeconds(1));
        }

        if (policy.BackoffCoefficient == 0)
        {
            policy.BackoffCoefficient = 2;
        }

        if (IsZero(policy.MaximumInterval))
        {
            policy.MaximumInterval = Duration.FromTimeSpan(policy.InitialInterval.ToTimeSpan() * MaximumIntervalFactor);
        }

        return policy;
    }

    /// <summary>What is wrong with a policy, or null.</summary>
    public static string? Problem(RetryPolicy? policy) => policy switch
    {
        null => null,
        { InitialInterval: { } initial } when initial.Seconds < 0 => "InitialInterval cannot be negative on retry policy.",
        { BackoffCoefficient: not 0 and < 1 } => "BackoffCoefficient cannot be less than 1 on retry policy.",
        { MaximumInterval: { } maximum } when maximum.Seconds < 0 => "MaximumInterval cannot be negative on retry policy.",
        { MaximumInterval: { } maximum, InitialInterval: { } initial }
            when !IsZero(maximum) && maximum.ToTimeSpan() < initial.ToTimeSpan() =>
            "MaximumInterval cannot be less than InitialInterval on retry policy.",
        { MaximumAttempts: < 0 } => "MaximumAttempts cannot be negative on retry policy.",
        _ => null,
    };

    public static RetryVerdict Decide(
        RetryPolicy? policy, int attempt, Failure failure, DateTimeOffset now, DateTimeOffset? expiresAt)
    {
        if (policy is null)
        {
            return new RetryVerdict(RetryState.RetryPolicyNotSet, TimeSpan.Zero);
        }

        if (!IsRetryable(failure, policy.NonRetryableErrorTypes))
        {
            return new RetryVerdict(RetryState.NonRetryableFailure, TimeSpan.Zero);
        }

        if (policy.MaximumAttempts > 0 && attempt >= policy.MaximumAttempts)
        {
            return new RetryVerdict(RetryState.MaximumAttemptsReached, TimeSpan.Zero);
        }

        var delay = failure.ApplicationFailureInfo?.NextRetryDelay?.ToTimeSpan() ?? Interval(policy, attempt);
        return expiresAt is { } end && now + delay > end
            ? new RetryVerdict(RetryState.Timeout, TimeSpan.Zero)
            : new RetryVerdict(RetryState.InProgress, delay);
    }

    public static bool IsRetryable(Failure failure, ICollection<string> nonRetryableTypes) => failure.FailureInfoCase switch
    {
        Failure.FailureInfoOneofCase.TerminatedFailureInfo => false,
        Failure.FailureInfoOneofCase.CanceledFailureInfo => false,
        Failure.FailureInfoOneofCase.TimeoutFailureInfo =>
            failure.TimeoutFailureInfo.TimeoutType is TimeoutType.StartToClose or TimeoutType.Heartbeat
            && !nonRetryableTypes.Contains($"TemporalTimeout:{failure.TimeoutFailureInfo.TimeoutType}"),
        Failure.FailureInfoOneofCase.ServerFailureInfo => !failure.ServerFailureInfo.NonRetryable,
        Failure.FailureInfoOneofCase.ApplicationFailureInfo =>
            !failure.ApplicationFailureInfo.NonRetryable && !nonRetryableTypes.Contains(failure.ApplicationFailureInfo.Type),
        _ => true,
    };

    /// <summary>Keeps the message and the kind of a failure that is too large to be carried in the state.</summary>
    public static Failure Trim(Failure failure)
    {
        if (failure.CalculateSize() <= KeptFailureBytes)
        {
            return failure;
        }

        var kept = failure.Clone();
        kept.StackTrace = "";
        kept.Cause = null;
        if (kept.Message.Length > KeptFailureBytes / 4)
        {
            kept.Message = kept.Message[..(KeptFailureBytes / 4)];
        }

        if (kept.CalculateSize() > KeptFailureBytes)
        {
            kept.EncodedAttributes = null;
            if (kept.ApplicationFailureInfo is { } application)
            {
                application.Details = null;
            }
        }

        return kept;
    }

    /// <summary>How long after an attempt the next one comes, unless its failure says otherwise.</summary>
    public static TimeSpan Interval(RetryPolicy policy, int attempt)
    {
        var initial = policy.InitialInterval.ToTimeSpan().TotalSeconds;
        var maximum = policy.MaximumInterval.ToTimeSpan();
        var seconds = initial * Math.Pow(policy.BackoffCoefficient, attempt - 1);
        return seconds >= maximum.TotalSeconds ? maximum : TimeSpan.FromSeconds(seconds);
    }

    private static bool IsZero(Duration? value) => value is null || (value.Seconds == 0 && value.Nanos == 0);
}
