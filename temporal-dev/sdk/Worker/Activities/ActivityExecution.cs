using Coresdk.ActivityResult;
using Coresdk.ActivityTask;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Api.Common.V1;
using Temporalio.Bridge;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Runs;
using ActivityCancelReason = Temporalio.Activities.ActivityCancelReason;
using ActivityCancellationDetails = Temporalio.Activities.ActivityCancellationDetails;

namespace Temporalio.Worker.Activities;

/// <summary>One attempt of one activity, from its task to its result.</summary>
internal sealed class ActivityExecution : IDisposable
{
    private readonly ActivityWorkerSettings _settings;
    private readonly ActivityTask _task;
    private readonly ActivityDefinition? _definition;
    private readonly IEnumerable<string> _known;
    private readonly DataConverter _converter;
    private readonly ActivityCancellation _cancellation = new();
    private readonly ActivityHeartbeats _heartbeats;
    private readonly ActivityExecutionContext _context;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ActivityExecution(
        CoreWorker core,
        ActivityWorkerSettings settings,
        ActivityTask task,
        ActivityDefinition? definition,
        IEnumerable<string> known,
        CancellationToken workerShutdown)
    {
        _settings = settings;
        _task = task;
        _definition = definition;
        _known = known;
        var start = task.Start;
        _converter = settings.DataConverter.WithSerializationContext(new ISerializationContext.Activity(
            settings.Namespace,
            start.ActivityId,
            start.WorkflowExecution?.WorkflowId,
            start.WorkflowType,
            start.ActivityType,
            settings.TaskQueue,
            start.IsLocal));
        _heartbeats = new(core, task.TaskToken, _converter, _cancellation);
        var info = ActivityDescription.Read(task, settings, _converter);
        _context = new(
            info,
            task.TaskToken,
            new ScopedLogger(settings.LoggerFactory.CreateLogger($"Temporalio.Activity:{info.ActivityType}"), info.LogFields),
            _converter.PayloadConverter,
            _cancellation,
            settings.Client,
            workerShutdown);
    }

    /// <summary>Completes when its code has ended, whatever becomes of the result.</summary>
    public Task Ended => _ended.Task;

    public void Cancel(Cancel request)
    {
        var details = request.Details ?? new();
        _cancellation.Cancel(
            request.Reason switch
            {
                Coresdk.ActivityTask.ActivityCancelReason.NotFound => ActivityCancelReason.GoneFromServer,
                Coresdk.ActivityTask.ActivityCancelReason.Cancelled => ActivityCancelReason.CancelRequested,
                Coresdk.ActivityTask.ActivityCancelReason.TimedOut => ActivityCancelReason.Timeout,
                Coresdk.ActivityTask.ActivityCancelReason.WorkerShutdown => ActivityCancelReason.WorkerShutdown,
                Coresdk.ActivityTask.ActivityCancelReason.Paused => ActivityCancelReason.Paused,
                Coresdk.ActivityTask.ActivityCancelReason.Reset => ActivityCancelReason.Reset,
                _ => ActivityCancelReason.None,
            },
            new ActivityCancellationDetails
            {
                IsGoneFromServer = details.IsNotFound,
                IsCancelRequested = details.IsCancelled,
                IsTimedOut = details.IsTimedOut,
                IsWorkerShutdown = details.IsWorkerShutdown,
                IsPaused = details.IsPaused,
                IsReset = details.IsReset,
            });
    }

    /// <summary>Never throws: whatever the activity does is a result.</summary>
    public async Task<ActivityExecutionResult> RunAsync()
    {
        ActivityExecutionContext.AsyncCurrent.Value = _context;
        try
        {
            var value = await InvokeAsync();
            await _heartbeats.FlushAsync();
            return new() { Completed = new() { Result = await _converter.ToPayloadAsync(value is ValueTuple ? null : value) } };
        }
        catch (CompleteAsyncException)
        {
            return new() { WillCompleteAsync = new() };
        }
#pragma warning disable CA1031 // Whatever an activity throws is its result.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await _heartbeats.FlushAsync();
            return await ResultOfAsync(e);
        }
        finally
        {
            _ended.TrySetResult();
        }
    }

    public void Dispose() => _cancellation.Dispose();

    private async Task<object?> InvokeAsync()
    {
        var start = _task.Start;
        if (_definition == null)
        {
            throw new ApplicationFailureException(
                $"Activity {start.ActivityType} is not registered with this worker. Registered: {string.Join(", ", _known.Order())}.", "NotFoundError");
        }

        IReadOnlyList<Payload> payloads = start.Input;
        if (_converter.PayloadCodec is { } codec)
        {
            payloads = [.. await codec.DecodeAsync(payloads)];
        }

        var arguments = _definition.Dynamic
            ? [HandlerArguments.Raw(payloads)]
            : HandlerArguments.Read(payloads, _definition.ParameterTypes, _definition.RequiredParameterCount, _converter.PayloadConverter);
        var inbound = _settings.Interceptors.Reverse().Aggregate(
            (ActivityInboundInterceptor)new ActivityCodeInbound(_context), (next, interceptor) => interceptor.InterceptActivity(next));
        inbound.Init(new HeartbeatsOutbound(_heartbeats));
        var input = new ExecuteActivityInput(_definition, arguments, await HeadersAsync(start));
        return await _settings.TaskFactory.StartNew(() => inbound.ExecuteActivityAsync(input)).Unwrap();
    }

    private async Task<IDictionary<string, Payload>> HeadersAsync(Start start)
    {
        var headers = new Dictionary<string, Payload>();
        foreach (var (name, payload) in start.HeaderFields)
        {
            headers[name] = _converter.PayloadCodec is { } codec ? await codec.DecodeSingleAsync(payload) : payload;
        }

        return headers;
    }

    private async Task<ActivityExecutionResult> ResultOfAsync(Exception thrown)
    {
        var cancelled = _cancellation.Token.IsCancellationRequested && TemporalException.IsCanceledException(thrown);
        if (!cancelled)
        {
            _context.Logger.LogWarning(thrown, "Activity {ActivityType} failed", _context.Info.ActivityType);
            return await FailedAsync(thrown);
        }

        return _cancellation.Reason switch
        {
            // A failure, so that the server tries the activity again, here or elsewhere.
            ActivityCancelReason.WorkerShutdown => await FailedAsync(new ApplicationFailureException("The worker is shutting down.", "WorkerShutdown")),
            ActivityCancelReason.Paused => await FailedAsync(new ApplicationFailureException("The activity was paused.", "ActivityPause")),
            ActivityCancelReason.Reset => await FailedAsync(new ApplicationFailureException("The activity was reset.", "ActivityReset")),
            ActivityCancelReason.HeartbeatRecordFailure => await FailedAsync(_heartbeats.Failure ?? thrown),
            _ => new() { Cancelled = new() { Failure = await _converter.ToFailureAsync(thrown is CanceledFailureException ? thrown : new CanceledFailureException("The activity was cancelled.")) } },
        };
    }

    private async Task<ActivityExecutionResult> FailedAsync(Exception reason)
    {
        try
        {
            return new() { Failed = new() { Failure_ = await _converter.ToFailureAsync(reason) } };
        }
#pragma warning disable CA1031 // A converter or codec that fails on failures must not leave the activity without a result.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _context.Logger.LogError(e, "The failure of activity {ActivityType} could not be converted", _context.Info.ActivityType);
            var plain = DataConverter.Default;
            return new() { Failed = new() { Failure_ = plain.FailureConverter.ToFailure(e, plain.PayloadConverter) } };
        }
    }
}
