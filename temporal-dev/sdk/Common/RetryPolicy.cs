using Google.Protobuf.WellKnownTypes;

namespace Temporalio.Common;

/// <summary>When and how often a failed activity or workflow is tried again.</summary>
public record RetryPolicy
{
    public TimeSpan InitialInterval { get; set; } = TimeSpan.FromSeconds(1);

    public float BackoffCoefficient { get; set; } = 2.0F;

    /// <summary>Null: one hundred times the initial interval.</summary>
    public TimeSpan? MaximumInterval { get; set; }

    /// <summary>Zero: no limit.</summary>
    public int MaximumAttempts { get; set; }

    public IReadOnlyCollection<string>? NonRetryableErrorTypes { get; set; }

    internal static RetryPolicy FromProto(Api.Common.V1.RetryPolicy proto) => new()
    {
        InitialInterval = proto.InitialInterval?.ToTimeSpan() ?? TimeSpan.FromSeconds(1),
        BackoffCoefficient = (float)proto.BackoffCoefficient,
        MaximumInterval = proto.MaximumInterval?.ToTimeSpan(),
        MaximumAttempts = proto.MaximumAttempts,
        NonRetryableErrorTypes = proto.NonRetryableErrorTypes is { Count: > 0 } types ? types : null,
    };

    internal Api.Common.V1.RetryPolicy ToProto() => new()
    {
        InitialInterval = Duration.FromTimeSpan(InitialInterval),
        BackoffCoefficient = BackoffCoefficient,
        MaximumInterval = MaximumInterval is { } maximum ? Duration.FromTimeSpan(maximum) : null,
        MaximumAttempts = MaximumAttempts,
        NonRetryableErrorTypes = { NonRetryableErrorTypes ?? [] },
    };
}
