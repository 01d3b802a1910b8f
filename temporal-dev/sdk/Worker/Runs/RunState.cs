using Coresdk.WorkflowActivation;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Common.V1;
using Temporalio.Api.Sdk.V1;
using Temporalio.Common;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;
using WorkerDeploymentVersion = Temporalio.Common.WorkerDeploymentVersion;

namespace Temporalio.Worker.Runs;

/// <summary>What all parts of one run share.</summary>
internal sealed class RunState : IDisposable
{
    private readonly DataConverter _converter;
    private readonly CancellationTokenSource _cancellation = new();
    private DeterministicRandom _random;

    public RunState(RunSettings settings, WorkflowInfo info, ulong randomSeed)
    {
        Settings = settings;
        Info = info;
        _converter = settings.DataConverter.WithSerializationContext(new ISerializationContext.Workflow(info.Namespace, info.WorkflowId));
        _random = new(randomSeed);
        Waits = new(settings.WorkflowStackTrace);
        Logger = new ReplayAwareLogger(this, settings.LoggerFactory.CreateLogger($"Temporalio.Workflow:{info.WorkflowType}"));
    }

    public RunSettings Settings { get; }

    public WorkflowInfo Info { get; }

    public RunCommands Commands { get; } = new();

    public PendingWaits Waits { get; }

    public ILogger Logger { get; }

    public IPayloadConverter PayloadConverter => _converter.PayloadConverter;

    public CancellationToken CancellationToken => _cancellation.Token;

    public bool IsReplaying { get; private set; }

    /// <summary>False in queries and validators too: what they log is new each time.</summary>
    public bool IsReplayingHistoryEvents => IsReplaying && Commands.ReadOnlyFor is (null or RunCommands.Condition);

    public DateTime UtcNow { get; private set; }

    public int HistoryLength { get; private set; }

    public int HistorySizeBytes { get; private set; }

    public bool ContinueAsNewSuggested { get; private set; }

    public WorkerDeploymentVersion? DeploymentVersion { get; private set; }

    public string CurrentDetails { get; set; } = string.Empty;

    /// <summary>The interceptors in front of this run's commands.</summary>
    public WorkflowOutboundInterceptor Outbound { get; set; } = null!;

    public DeterministicRandom Random
    {
        get
        {
            // A number drawn by a query would be missing on replay.
            Commands.ThrowIfReadOnly();
            return _random;
        }
    }

    public void Apply(WorkflowActivation activation)
    {
        IsReplaying = activation.IsReplaying;
        UtcNow = activation.Timestamp?.ToDateTime() ?? UtcNow;
        HistoryLength = (int)activation.HistoryLength;
        HistorySizeBytes = (int)activation.HistorySizeBytes;
        ContinueAsNewSuggested = activation.ContinueAsNewSuggested;
        DeploymentVersion = activation.DeploymentVersionForCurrentTask is { } version ? WorkerDeploymentVersion.FromBridge(version) : null;
    }

    public void Reseed(ulong seed) => _random = new(seed);

    public void RequestCancellation() => _cancellation.Cancel();

    public Temporalio.Api.Failure.V1.Failure ToFailure(Exception exception) =>
        _converter.FailureConverter.ToFailure(exception, _converter.PayloadConverter);

    public Exception ToException(Temporalio.Api.Failure.V1.Failure failure) =>
        _converter.FailureConverter.ToException(failure, _converter.PayloadConverter);

    /// <summary>Converters that look at where a value is used see an activity's values as the activity will.</summary>
    public IPayloadConverter ConverterFor(ISerializationContext context) =>
        Settings.DataConverter.PayloadConverter is IWithSerializationContext<IPayloadConverter> aware
            ? aware.WithSerializationContext(context)
            : PayloadConverter;

    public UserMetadata? Summary(string? summary, string? details = null) =>
        summary == null && details == null
            ? null
            : new()
            {
                Summary = summary == null ? null : PayloadConverter.ToPayload(summary),
                Details = details == null ? null : PayloadConverter.ToPayload(details),
            };

    public static TResult ReadResult<TResult>(Payload? payload, IPayloadConverter converter, string what)
    {
        if (typeof(TResult) == typeof(ValueTuple))
        {
            return default!;
        }

        return payload == null
            ? throw new InvalidOperationException($"{what} completed without a result, but {typeof(TResult).Name} is expected.")
            : converter.ToValue<TResult>(payload);
    }

    /// <summary>Whether the exception ends a workflow or update, where all others only fail the current task.</summary>
    public bool IsFailure(Exception exception) =>
        exception is FailureException or OperationCanceledException ||
        Settings.FailureExceptionTypes.Any(type => type.IsInstanceOfType(exception)) ||
        (Settings.Definition.FailureExceptionTypes?.Any(type => type.IsInstanceOfType(exception)) ?? false);

    public void Dispose() => _cancellation.Dispose();
}
