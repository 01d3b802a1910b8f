using System.Collections.Concurrent;
using Coresdk.WorkflowActivation;
using Coresdk.WorkflowCompletion;
using Microsoft.Extensions.Logging;
using Temporalio.Bridge;
using Temporalio.Converters;
using Temporalio.Exceptions;
using Temporalio.Worker.Runs;

namespace Temporalio.Worker;

/// <summary>Takes activations from the core, runs them, and keeps the runs that the core has cached.</summary>
internal sealed class WorkflowWorker : IDisposable
{
    private readonly CoreWorker _core;
    private readonly WorkflowWorkerSettings _settings;
    private readonly ILogger _logger;
    private readonly Dictionary<string, RunSettings> _definitions;
    private readonly RunSettings? _dynamic;
    private readonly ConcurrentDictionary<string, WorkflowRun> _runs = new();
    private readonly TasksInProgress _activations = new();
    private readonly DeadlockWatch _watch;

    public WorkflowWorker(CoreWorker core, WorkflowWorkerSettings settings)
    {
        _core = core;
        _settings = settings;
        _logger = settings.LoggerFactory.CreateLogger<WorkflowWorker>();
        _definitions = settings.Workflows.Where(w => !w.Dynamic).ToDictionary(w => w.Name!, settings.For);
        _dynamic = settings.Workflows.FirstOrDefault(w => w.Dynamic) is { } dynamic ? settings.For(dynamic) : null;
        _watch = new(settings.Time, settings.DebugMode, Fail);
    }

    /// <summary>Ends when the core has shut down and every activation is answered.</summary>
    public async Task ExecuteAsync()
    {
        try
        {
            await foreach (var activation in _core.PollWorkflowActivations().ReadAllAsync())
            {
                _activations.Start(() => HandleAsync(WorkflowActivation.Parser.ParseFrom(activation)));
            }
        }
        finally
        {
            _watch.ReleaseStuck();
            await _activations.CloseAsync();
        }
    }

    public void Dispose() => _watch.Dispose();

    private async Task HandleAsync(WorkflowActivation activation)
    {
        if (activation.Jobs is [{ RemoveFromCache: { } eviction }])
        {
            await EvictAsync(activation.RunId, eviction);
            return;
        }

        WorkflowActivationCompletion? completion;
        try
        {
            await PayloadWalk.DecodeAsync(activation, _settings.DataConverter.PayloadCodec);
            completion = Activate(activation);
            if (completion == null)
            {
                return;
            }

            await PayloadWalk.EncodeAsync(completion, _settings.DataConverter.PayloadCodec);
        }
#pragma warning disable CA1031 // A codec or converter that fails must fail the task, so that it is tried again.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.LogError(e, "Activation of run {RunId} failed outside its code", activation.RunId);
            completion = WorkflowRun.FailedTask(activation.RunId, e, PlainFailure(e));
        }

        await CompleteAsync(completion);
    }

    /// <returns>Null if it took so long that it was answered as a deadlock meanwhile.</returns>
    private WorkflowActivationCompletion? Activate(WorkflowActivation activation)
    {
        if (!_runs.TryGetValue(activation.RunId, out var run))
        {
            var type = activation.Jobs.FirstOrDefault(job => job.InitializeWorkflow != null)?.InitializeWorkflow.WorkflowType;
            if ((type == null ? null : _definitions.GetValueOrDefault(type) ?? _dynamic) is not { } settings)
            {
                var known = _definitions.Count == 0 ? "none" : string.Join(", ", _definitions.Keys.Order());
                var unknown = new ApplicationFailureException($"Workflow type {type} is not registered with this worker. Registered: {known}.", "NotFoundError");
                return WorkflowRun.FailedTask(activation.RunId, unknown, PlainFailure(unknown));
            }

            run = _runs.GetOrAdd(activation.RunId, new WorkflowRun(settings, activation));
        }

        using var watched = _watch.Enter(activation.RunId, $"{run.State.Info.WorkflowType} {run.State.Info.WorkflowId}");
        var completion = run.Activate(activation);
        if (completion.Failed != null)
        {
            _logger.LogWarning(
                "Task of workflow {WorkflowType} {WorkflowId} (run {RunId}) failed: {Reason}",
                run.State.Info.WorkflowType, run.State.Info.WorkflowId, activation.RunId, completion.Failed.Failure_.Message);
        }

        return watched.TryAnswer() ? completion : null;
    }

    private async Task EvictAsync(string runId, RemoveFromCache eviction)
    {
        // The thread of a stuck run still uses it: the core must not send the run again before that ends.
        await _watch.WhenReleasedAsync(runId);
        if (_runs.TryRemove(runId, out var run))
        {
            run.Dispose();
        }

        _settings.Evicted?.Invoke(runId, eviction);
        await CompleteAsync(new() { RunId = runId, Successful = new() });
    }

    private void Fail(string runId, string message) =>
        _activations.Start(() =>
        {
            // What blocks the thread may have been noticed when it began to.
            var reason = _runs.GetValueOrDefault(runId)?.Violation is { } known
                ? new InvalidWorkflowOperationException($"{message} {known.Message}", known.StackTrace)
                : new InvalidWorkflowOperationException(message);
            _logger.LogError("Run {RunId}: {Reason}", runId, reason.Message);
            return CompleteAsync(WorkflowRun.FailedTask(runId, reason, PlainFailure(reason)));
        });

    private async Task CompleteAsync(WorkflowActivationCompletion completion)
    {
        try
        {
            await _core.CompleteAsync(completion);
        }
        catch (BridgeException e) when (!_core.CoreEnded.IsCompleted)
        {
            // The server will time the task out and give it again.
            _logger.LogError(e, "Completion of run {RunId} was refused by the core", completion.RunId);
        }
    }

    // The user's converter or codec may be what failed.
    private static Api.Failure.V1.Failure PlainFailure(Exception e) =>
        DataConverter.Default.FailureConverter.ToFailure(e, DataConverter.Default.PayloadConverter);
}
