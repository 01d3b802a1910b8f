using Coresdk.ActivityResult;
using Coresdk.WorkflowActivation;
using Coresdk.WorkflowCommands;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using ActivityCancellationType = Coresdk.WorkflowCommands.ActivityCancellationType;

namespace Temporalio.Worker.Runs;

/// <summary>Activities and local activities: they share one sequence.</summary>
internal sealed class RunActivities(RunState state, RunTimers timers)
{
    private const string BackoffSummary = "LocalActivityBackoff";

    private readonly Dictionary<uint, TaskCompletionSource<ActivityResolution>> _running = [];
    private uint _lastSequence;

    public async Task<TResult> ScheduleAsync<TResult>(ScheduleActivityInput input)
    {
        var options = input.Options;
        if (options.StartToCloseTimeout == null && options.ScheduleToCloseTimeout == null)
        {
            throw new ArgumentException($"Activity {input.Activity}: StartToCloseTimeout or ScheduleToCloseTimeout is required.");
        }

        var cancel = BeforeScheduling(options.CancellationToken);
        using var stack = state.Waits.Enter();
        var sequence = ++_lastSequence;
        var id = options.ActivityId ?? sequence.ToString();
        var taskQueue = options.TaskQueue ?? state.Info.TaskQueue;
        var converter = ConverterFor(id, input.Activity, taskQueue, isLocal: false);
        var command = new ScheduleActivity
        {
            Seq = sequence,
            ActivityId = id,
            ActivityType = input.Activity,
            TaskQueue = taskQueue,
            Arguments = { converter.ToPayloads(input.Args) },
            ScheduleToCloseTimeout = ToDuration(options.ScheduleToCloseTimeout),
            ScheduleToStartTimeout = ToDuration(options.ScheduleToStartTimeout),
            StartToCloseTimeout = ToDuration(options.StartToCloseTimeout),
            HeartbeatTimeout = ToDuration(options.HeartbeatTimeout),
            RetryPolicy = options.RetryPolicy?.ToProto(),
            CancellationType = (ActivityCancellationType)options.CancellationType,
            // An eager task would come to this worker; with another task queue there may be nobody to run it.
            DoNotEagerlyExecute = options.DisableEagerActivityExecution || state.Settings.DisableEagerActivityExecution || taskQueue != state.Info.TaskQueue,
            VersioningIntent = (Coresdk.Common.VersioningIntent)options.VersioningIntent,
            Priority = options.Priority?.ToProto(),
        };
        Copy(input.Headers, command.Headers);
        state.Commands.Add(new() { ScheduleActivity = command, UserMetadata = state.Summary(options.Summary) });
        var resolution = await ResolutionAsync(
            sequence, () => state.Commands.Add(new() { RequestCancelActivity = new() { Seq = sequence } }), cancel);
        return Read<TResult>(resolution, converter, input.Activity);
    }

    public async Task<TResult> ScheduleLocalAsync<TResult>(ScheduleLocalActivityInput input)
    {
        var options = input.Options;
        if (options.StartToCloseTimeout == null && options.ScheduleToCloseTimeout == null)
        {
            throw new ArgumentException($"Local activity {input.Activity}: StartToCloseTimeout or ScheduleToCloseTimeout is required.");
        }

        using var stack = state.Waits.Enter();
        for (DoBackoff? backoff = null; ;)
        {
            var cancel = BeforeScheduling(options.CancellationToken);
            var sequence = ++_lastSequence;
            var id = options.ActivityId ?? sequence.ToString();
            var converter = ConverterFor(id, input.Activity, state.Info.TaskQueue, isLocal: true);
            AddLocal(sequence, id, input, converter, backoff);
            var resolution = await ResolutionAsync(
                sequence, () => state.Commands.Add(new() { RequestCancelLocalActivity = new() { Seq = sequence } }), cancel);
            backoff = resolution.Backoff;
            if (backoff == null)
            {
                return Read<TResult>(resolution, converter, input.Activity);
            }

            // A wait this long is the server's business: the core gave the activity back, to be scheduled again after it.
            await timers.DelayAsync(new(backoff.BackoffDuration.ToTimeSpan(), options.CancellationToken, BackoffSummary));
        }
    }

    public void Resolve(ResolveActivity job)
    {
        if (_running.Remove(job.Seq, out var source))
        {
            source.TrySetResult(job.Result);
        }
    }

    private static Duration? ToDuration(TimeSpan? span) => span is { } value ? Duration.FromTimeSpan(value) : null;

    private static void Copy(
        IDictionary<string, Api.Common.V1.Payload>? headers, Google.Protobuf.Collections.MapField<string, Api.Common.V1.Payload> target)
    {
        if (headers != null)
        {
            target.Add(headers);
        }
    }

    private CancellationToken BeforeScheduling(CancellationToken? token)
    {
        state.Commands.ThrowIfReadOnly();
        var cancel = token ?? state.CancellationToken;
        return cancel.IsCancellationRequested ? throw new CanceledFailureException("The activity was cancelled before it was scheduled.") : cancel;
    }

    private void AddLocal(uint sequence, string id, ScheduleLocalActivityInput input, IPayloadConverter converter, DoBackoff? backoff)
    {
        var options = input.Options;
        var command = new ScheduleLocalActivity
        {
            Seq = sequence,
            ActivityId = id,
            ActivityType = input.Activity,
            Attempt = backoff?.Attempt ?? 0,
            OriginalScheduleTime = backoff?.OriginalScheduleTime,
            Arguments = { converter.ToPayloads(input.Args) },
            ScheduleToCloseTimeout = ToDuration(options.ScheduleToCloseTimeout),
            ScheduleToStartTimeout = ToDuration(options.ScheduleToStartTimeout),
            StartToCloseTimeout = ToDuration(options.StartToCloseTimeout),
            RetryPolicy = options.RetryPolicy?.ToProto(),
            LocalRetryThreshold = ToDuration(options.LocalRetryThreshold),
            CancellationType = (ActivityCancellationType)options.CancellationType,
        };
        Copy(input.Headers, command.Headers);
        state.Commands.Add(new() { ScheduleLocalActivity = command, UserMetadata = state.Summary(options.Summary) });
    }

    private async Task<ActivityResolution> ResolutionAsync(uint sequence, Action requestCancellation, CancellationToken cancel)
    {
        var source = new TaskCompletionSource<ActivityResolution>();
        _running.Add(sequence, source);
        // The core answers according to the cancellation type, so the activity stays until that answer comes.
        using var registration = cancel.Register(() =>
        {
            if (_running.ContainsKey(sequence))
            {
                requestCancellation();
            }
        });
        return await source.Task;
    }

    private TResult Read<TResult>(ActivityResolution resolution, IPayloadConverter converter, string activity) => resolution.StatusCase switch
    {
        ActivityResolution.StatusOneofCase.Completed =>
            RunState.ReadResult<TResult>(resolution.Completed.Result, converter, $"Activity {activity}"),
        ActivityResolution.StatusOneofCase.Failed => throw state.ToException(resolution.Failed.Failure_),
        ActivityResolution.StatusOneofCase.Cancelled => throw state.ToException(resolution.Cancelled.Failure),
        _ => throw new InvalidOperationException($"Activity {activity} was resolved as {resolution.StatusCase}, which is not known here."),
    };

    private IPayloadConverter ConverterFor(string id, string activity, string taskQueue, bool isLocal) =>
        state.ConverterFor(new ISerializationContext.Activity(
            state.Info.Namespace, id, state.Info.WorkflowId, state.Info.WorkflowType, activity, taskQueue, isLocal));
}
