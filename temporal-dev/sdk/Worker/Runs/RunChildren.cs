using Coresdk.ChildWorkflow;
using Coresdk.WorkflowActivation;
using Coresdk.WorkflowCommands;
using Google.Protobuf.WellKnownTypes;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;
using ChildWorkflowCancellationType = Coresdk.ChildWorkflow.ChildWorkflowCancellationType;
using ParentClosePolicy = Coresdk.ChildWorkflow.ParentClosePolicy;

namespace Temporalio.Worker.Runs;

internal sealed class RunChildren(RunState state)
{
    private readonly Dictionary<uint, Child> _starting = [];
    private readonly Dictionary<uint, Child> _running = [];
    private uint _lastSequence;

    public async Task<ChildWorkflowHandle<TWorkflow, TResult>> StartAsync<TWorkflow, TResult>(StartChildWorkflowInput input)
    {
        state.Commands.ThrowIfReadOnly();
        var cancel = input.Options.CancellationToken ?? state.CancellationToken;
        if (cancel.IsCancellationRequested)
        {
            throw new CanceledFailureException("The child workflow was cancelled before it was scheduled.");
        }

        using var stack = state.Waits.Enter();
        var id = input.Options.Id ?? state.Random.NewGuid().ToString();
        var converter = state.ConverterFor(new ISerializationContext.Workflow(state.Info.Namespace, id));
        var child = new Child(++_lastSequence, id, converter);
        AddStart(child, input);
        _starting.Add(child.Sequence, child);
        _running.Add(child.Sequence, child);
        child.CancelRegistration = cancel.Register(() => Cancel(child));
        // The sequence may end long before anybody asks for it; the exception is then theirs, not the finalizer's.
        _ = child.Result.Task.Exception;
        var runId = await child.Started.Task;
        return new Handle<TWorkflow, TResult>(state, child, runId);
    }

    public void ResolveStart(ResolveChildWorkflowExecutionStart job)
    {
        if (!_starting.Remove(job.Seq, out var child))
        {
            return;
        }

        switch (job.StatusCase)
        {
            case ResolveChildWorkflowExecutionStart.StatusOneofCase.Succeeded:
                child.Started.TrySetResult(job.Succeeded.RunId);
                break;
            case ResolveChildWorkflowExecutionStart.StatusOneofCase.Failed:
                Close(child);
                child.Started.TrySetException(job.Failed.Cause == StartChildWorkflowExecutionFailedCause.WorkflowAlreadyExists
                    ? new WorkflowAlreadyStartedException("The child workflow is already started.", job.Failed.WorkflowId, job.Failed.WorkflowType, string.Empty)
                    : new InvalidOperationException($"The child workflow could not be started: {job.Failed.Cause}."));
                break;
            case ResolveChildWorkflowExecutionStart.StatusOneofCase.Cancelled:
                Close(child);
                child.Started.TrySetException(state.ToException(job.Cancelled.Failure));
                break;
            default:
                throw new InvalidOperationException($"The start of a child workflow was resolved as {job.StatusCase}, which is not known here.");
        }
    }

    public void Resolve(ResolveChildWorkflowExecution job)
    {
        if (!_running.TryGetValue(job.Seq, out var child))
        {
            return;
        }

        Close(child);
        switch (job.Result.StatusCase)
        {
            case ChildWorkflowResult.StatusOneofCase.Completed:
                child.Result.TrySetResult(job.Result.Completed.Result);
                break;
            case ChildWorkflowResult.StatusOneofCase.Failed:
                child.Result.TrySetException(state.ToException(job.Result.Failed.Failure_));
                break;
            case ChildWorkflowResult.StatusOneofCase.Cancelled:
                child.Result.TrySetException(state.ToException(job.Result.Cancelled.Failure));
                break;
            default:
                throw new InvalidOperationException($"A child workflow was resolved as {job.Result.StatusCase}, which is not known here.");
        }
    }

    private static Duration? ToDuration(TimeSpan? span) => span is { } value ? Duration.FromTimeSpan(value) : null;

    private void AddStart(Child child, StartChildWorkflowInput input)
    {
        var options = input.Options;
        var command = new StartChildWorkflowExecution
        {
            Seq = child.Sequence,
            Namespace = state.Info.Namespace,
            WorkflowId = child.Id,
            WorkflowType = input.Workflow,
            TaskQueue = options.TaskQueue ?? state.Info.TaskQueue,
            Input = { child.Converter.ToPayloads(input.Args) },
            WorkflowExecutionTimeout = ToDuration(options.ExecutionTimeout),
            WorkflowRunTimeout = ToDuration(options.RunTimeout),
            WorkflowTaskTimeout = ToDuration(options.TaskTimeout),
            ParentClosePolicy = (ParentClosePolicy)options.ParentClosePolicy,
            WorkflowIdReusePolicy = options.IdReusePolicy,
            RetryPolicy = options.RetryPolicy?.ToProto(),
            CronSchedule = options.CronSchedule ?? string.Empty,
            SearchAttributes = options.TypedSearchAttributes?.ToProto(),
            CancellationType = (ChildWorkflowCancellationType)options.CancellationType,
            VersioningIntent = (Coresdk.Common.VersioningIntent)options.VersioningIntent,
            Priority = options.Priority?.ToProto(),
        };
        foreach (var (key, value) in options.Memo ?? new Dictionary<string, object>())
        {
            command.Memo.Add(key, child.Converter.ToPayload(value));
        }

        if (input.Headers != null)
        {
            command.Headers.Add(input.Headers);
        }

        state.Commands.Add(new()
        {
            StartChildWorkflowExecution = command,
            UserMetadata = state.Summary(options.StaticSummary, options.StaticDetails),
        });
    }

    private void Cancel(Child child)
    {
        if (_running.ContainsKey(child.Sequence))
        {
            state.Commands.Add(new()
            {
                CancelChildWorkflowExecution = new() { ChildWorkflowSeq = child.Sequence, Reason = "The parent cancelled it." },
            });
        }
    }

    private void Close(Child child)
    {
        _running.Remove(child.Sequence);
        child.CancelRegistration.Dispose();
    }

    private sealed record Child(uint Sequence, string Id, IPayloadConverter Converter)
    {
        public TaskCompletionSource<string> Started { get; } = new();

        public TaskCompletionSource<Api.Common.V1.Payload?> Result { get; } = new();

        public CancellationTokenRegistration CancelRegistration { get; set; }
    }

    private sealed class Handle<TWorkflow, TResult>(RunState state, Child child, string runId) : ChildWorkflowHandle<TWorkflow, TResult>
    {
        public override string Id => child.Id;

        public override string FirstExecutionRunId => runId;

        public override async Task<TValue> GetResultAsync<TValue>()
        {
            using var stack = state.Waits.Enter();
            return RunState.ReadResult<TValue>(await child.Result.Task, child.Converter, $"Child workflow {child.Id}");
        }

        public override Task SignalAsync(string signal, IReadOnlyCollection<object?> args, ChildWorkflowSignalOptions? options = null) =>
            state.Outbound.SignalChildWorkflowAsync(new(child.Id, signal, args, options, null));
    }
}
