using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Common;
using Temporalio.Converters;

namespace Temporalio.Testing;

/// <summary>Runs activities without a worker, with the context that they would find in one.</summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "Not so in the official package; a token source without a timer holds nothing.")]
public record ActivityEnvironment
{
    private static readonly DateTime SomeTime = new(1970, 1, 1, 1, 1, 1, DateTimeKind.Utc);

    public static readonly ActivityInfo DefaultInfo = new(
        ActivityId: "test",
        ActivityType: "unknown",
        Attempt: 1,
        CurrentAttemptScheduledTime: SomeTime,
        DataConverter: DataConverter.Default,
        HeartbeatDetails: [],
        HeartbeatTimeout: null,
        IsLocal: false,
        Namespace: "default",
        Priority: new(),
        RetryPolicy: new(),
        ScheduleToCloseTimeout: TimeSpan.FromSeconds(1),
        ScheduledTime: SomeTime,
        StartToCloseTimeout: TimeSpan.FromSeconds(1),
        StartedTime: SomeTime,
        TaskQueue: "test",
        TaskToken: "test"u8.ToArray(),
        WorkflowId: "test",
        WorkflowNamespace: "default",
        WorkflowRunId: "test-run",
        WorkflowType: "test");

    public ActivityInfo Info { get; init; } = DefaultInfo;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    public IPayloadConverter PayloadConverter { get; init; } = DataConverter.Default.PayloadConverter;

    /// <summary>Null: measures nothing.</summary>
    public MetricMeter? MetricMeter { get; init; }

    /// <summary>Null: an activity that asks for a client fails.</summary>
    public ITemporalClient? TemporalClient { get; init; }

    public ActivityCancelReason CancelReason
    {
        get => Cancellation.Reason;
        set => Cancellation.Reason = value;
    }

    public ActivityCancellationDetails? CancellationDetails
    {
        get => Cancellation.Details;
        set => Cancellation.Details = value;
    }

    public CancellationTokenSource CancellationTokenSource { get; init; } = new();

    public CancellationTokenSource WorkerShutdownTokenSource { get; init; } = new();

    /// <summary>Gets every heartbeat's details.</summary>
    public Action<object?[]> Heartbeater { get; init; } = _ => { };

    /// <summary>Another one for a copy of this record with another token source.</summary>
    private ActivityCancellation Cancellation =>
        field?.Token == CancellationTokenSource.Token ? field : field = new(CancellationTokenSource);

    public Task RunAsync(Action activity) =>
        RunAsync(() =>
        {
            activity();
            return Task.CompletedTask;
        });

    public Task<T> RunAsync<T>(Func<T> activity) => RunAsync(() => Task.FromResult(activity()));

    public Task RunAsync(Func<Task> activity) =>
        RunAsync<object?>(async () =>
        {
            await activity();
            return null;
        });

    public async Task<T> RunAsync<T>(Func<Task<T>> activity)
    {
        ArgumentNullException.ThrowIfNull(activity);
        // An async method has its own copy of the ambient context: it ends with the activity by itself.
        ActivityExecutionContext.AsyncCurrent.Value = new(
            Info, ByteString.CopyFrom(Info.TaskToken), Logger, PayloadConverter, Cancellation, TemporalClient, WorkerShutdownTokenSource.Token)
        {
            Heartbeater = Heartbeater,
            MetricMeter = MetricMeter ?? SilentMetricMeter.Instance,
        };
        return await activity();
    }

    public void Cancel() => Cancel(ActivityCancelReason.CancelRequested);

    public void Cancel(ActivityCancelReason reason) => Cancel(reason, new() { IsCancelRequested = true });

    /// <summary>Does nothing when the token is cancelled already.</summary>
    public void Cancel(ActivityCancelReason reason, ActivityCancellationDetails details)
    {
        if (!CancellationTokenSource.IsCancellationRequested)
        {
            (CancelReason, CancellationDetails) = (reason, details);
            CancellationTokenSource.Cancel();
        }
    }
}
