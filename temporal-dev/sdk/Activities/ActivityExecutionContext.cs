using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Activities;

/// <summary>What an activity can reach while it runs.</summary>
public class ActivityExecutionContext
{
    private readonly ITemporalClient? _client;

    internal ActivityExecutionContext(
        ActivityInfo info,
        ByteString taskToken,
        ILogger logger,
        IPayloadConverter payloadConverter,
        ActivityCancellation cancellation,
        ITemporalClient? client,
        CancellationToken workerShutdownToken)
    {
        Info = info;
        TaskToken = taskToken;
        Logger = logger;
        PayloadConverter = payloadConverter;
        Cancellation = cancellation;
        WorkerShutdownToken = workerShutdownToken;
        _client = client;
    }

    public static bool HasCurrent => AsyncCurrent.Value != null;

    public static ActivityExecutionContext Current =>
        AsyncCurrent.Value ?? throw new InvalidOperationException("This code does not run in an activity.");

    public ActivityInfo Info { get; }

    public ILogger Logger { get; }

    /// <summary>Meaningful once <see cref="CancellationToken"/> is cancelled.</summary>
    public ActivityCancelReason CancelReason => Cancellation.Reason;

    public ActivityCancellationDetails? CancellationDetails => Cancellation.Details;

    /// <summary>Cancelled when the workflow asks for it, on timeout, and at the end of the worker's grace period.</summary>
    public CancellationToken CancellationToken => Cancellation.Token;

    /// <summary>Cancelled as soon as the worker begins to shut down; the grace period starts then.</summary>
    public CancellationToken WorkerShutdownToken { get; }

    public IPayloadConverter PayloadConverter { get; }

    public MetricMeter MetricMeter { get; internal init; } = SilentMetricMeter.Instance;

    public ITemporalClient TemporalClient =>
        _client ?? throw new InvalidOperationException("No client is available to this activity.");

    internal static AsyncLocal<ActivityExecutionContext?> AsyncCurrent { get; } = new();

    internal Action<object?[]>? Heartbeater { get; set; }

    internal ByteString TaskToken { get; }

    internal ActivityCancellation Cancellation { get; }

    /// <summary>
    /// Tells the server that the activity is alive and how far it is. Sent in the background and throttled, so it may be
    /// called often. A local activity has no heartbeats.
    /// </summary>
    public void Heartbeat(params object?[] details) =>
        (Heartbeater ?? throw new InvalidOperationException("This activity cannot heartbeat yet."))(details);
}
