using Coresdk.WorkflowActivation;
using Coresdk.WorkflowCompletion;
using Microsoft.Extensions.Logging;
using Temporalio.Api.Enums.V1;
using Temporalio.Exceptions;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>One run of a workflow: activations of the core in, commands out.</summary>
internal sealed class WorkflowRun : IDisposable
{
    // Core gives jobs in the order in which they count, conditions resolve one at a time: the order that official
    // .NET workers record as flag 2. Flag 1 stands for an older order that this SDK never used.
    private const uint ModernEventLoop = 2;

    private readonly InitializeWorkflow _start;
    private readonly RunParts _parts;
    private readonly RunScheduler _scheduler;
    private object? _instance;
    private Exception? _taskFailure;
    private bool _ended;

    public WorkflowRun(RunSettings settings, WorkflowActivation first)
    {
        _start = first.Jobs.FirstOrDefault(job => job.InitializeWorkflow != null)?.InitializeWorkflow ??
            throw new InvalidOperationException($"The core sent work for run {first.RunId}, which this worker has never seen, without its start.");
        State = new(settings, RunDescription.Read(_start, first, settings), _start.RandomnessSeed);
        HandlersInProgress = new(State);
        _parts = new(State);
        Signals = new(this, settings.Definition);
        Updates = new(this, settings.Definition);
        Queries = new(this, settings.Definition);
        var context = new RunWorkflowContext(this, _parts, new(State, _start.Memo, _start.SearchAttributes));
        _scheduler = new(context, Offended) { Watched = settings.WatchScheduler };
        Inbound = settings.Interceptors.Reverse().Aggregate(
            (WorkflowInboundInterceptor)new WorkflowCodeInbound(this), (next, interceptor) => interceptor.InterceptWorkflow(next));
        Inbound.Init(new CommandsOutbound(_parts));
    }

    public RunState State { get; }

    public RunHandlers HandlersInProgress { get; }

    public WorkflowInboundInterceptor Inbound { get; }

    public RunSignals Signals { get; }

    public RunUpdates Updates { get; }

    public RunQueries Queries { get; }

    /// <summary>Why nothing that this run does can be repeated any more.</summary>
    public InvalidWorkflowOperationException? Violation => _scheduler.Violation;

    public object Instance => _instance ?? throw new InvalidOperationException("The workflow's instance does not exist yet.");

    /// <summary>Never throws: what goes wrong is reported in the completion, as a failure of the task.</summary>
    public WorkflowActivationCompletion Activate(WorkflowActivation activation)
    {
        _taskFailure = null;
        try
        {
            State.Apply(activation);
            _scheduler.Own(() => ApplyAll(activation));
            // It explains whatever else went wrong.
            _taskFailure = _scheduler.Violation ?? _taskFailure;
        }
#pragma warning disable CA1031 // Anything that escapes is a mistake in workflow code or here: it fails the task, which is retried.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _taskFailure = e;
        }

        var commands = State.Commands.Take();
        return _taskFailure == null
            ? new()
            {
                RunId = activation.RunId,
                Successful = new()
                {
                    Commands = { commands },
                    UsedInternalFlags = { ModernEventLoop },
                    VersioningBehavior = (VersioningBehavior)State.Settings.Definition.VersioningBehavior,
                },
            }
            : FailedTask(activation.RunId, _taskFailure, State.ToFailure(_taskFailure));
    }

    public static WorkflowActivationCompletion FailedTask(string runId, Exception reason, Api.Failure.V1.Failure failure) => new()
    {
        RunId = runId,
        Failed = new()
        {
            Failure_ = failure,
            ForceCause = reason is WorkflowNondeterminismException
                ? WorkflowTaskFailedCause.NonDeterministicError
                : WorkflowTaskFailedCause.Unspecified,
        },
    };

    /// <summary>Runs code whose ending is the workflow's: the run method and signal handlers.</summary>
    public void StartTopLevel(Func<Task> code) => StartTask(async () =>
    {
        try
        {
            await code();
        }
#pragma warning disable CA1031 // The one place where exceptions of workflow code arrive.
        catch (Exception e)
#pragma warning restore CA1031
        {
            if (RunEnding.Of(e, State) is not { } ending)
            {
                throw;
            }

            End(ending);
        }
    });

    /// <summary>Runs code whose exceptions fail the task.</summary>
    public void StartTask(Func<Task> code) => _ = StartGuarded(code);

    /// <summary>Runs code that may look at everything and change nothing.</summary>
    public T ReadOnly<T>(string who, Func<T> code)
    {
        State.Commands.ReadOnlyFor = who;
        _scheduler.SetReadOnly(true);
        try
        {
            return code();
        }
        finally
        {
            _scheduler.SetReadOnly(false);
            State.Commands.ReadOnlyFor = null;
        }
    }

    public T Unwatched<T>(Func<T> code) => _scheduler.Unwatched(code);

    public void Dispose() => State.Dispose();

    private void Offended(InvalidWorkflowOperationException violation) =>
        State.Settings.LoggerFactory.CreateLogger<WorkflowRun>().LogError(
            violation, "Workflow {WorkflowType} {WorkflowId} left its scheduler", State.Info.WorkflowType, State.Info.WorkflowId);

    private void ApplyAll(WorkflowActivation activation)
    {
        if (activation.Jobs.All(job => job.QueryWorkflow != null))
        {
            foreach (var job in activation.Jobs)
            {
                StartTask(() => Answer(job.QueryWorkflow));
            }

            _scheduler.Drain();
            return;
        }

        var starting = activation.Jobs.Any(job => job.InitializeWorkflow != null);
        if (starting && !TryCreateInstance())
        {
            return;
        }

        // As a task, because continuations of what the jobs complete would otherwise run here and now.
        var applied = StartGuarded(() =>
        {
            foreach (var job in activation.Jobs)
            {
                Apply(job);
            }

            return Task.CompletedTask;
        });
        _scheduler.DrainUntil(applied);

        // Last, so that signals and updates that came with the start find their handlers run before the run method.
        if (starting)
        {
            StartTopLevel(RunMainAsync);
        }

        RunUntilIdle();
    }

    private Task StartGuarded(Func<Task> code)
    {
        async Task Guarded()
        {
            try
            {
                await code();
            }
#pragma warning disable CA1031 // Kept until the activation is answered.
            catch (Exception e)
#pragma warning restore CA1031
            {
                _taskFailure ??= e;
            }
        }

        return _scheduler.Start(Guarded);
    }

    private void Apply(WorkflowActivationJob job)
    {
        switch (job.VariantCase)
        {
            case WorkflowActivationJob.VariantOneofCase.InitializeWorkflow:
                break;
            case WorkflowActivationJob.VariantOneofCase.FireTimer:
                _parts.Timers.Fire(job.FireTimer);
                break;
            case WorkflowActivationJob.VariantOneofCase.UpdateRandomSeed:
                State.Reseed(job.UpdateRandomSeed.RandomnessSeed);
                break;
            case WorkflowActivationJob.VariantOneofCase.QueryWorkflow:
                StartTask(() => Answer(job.QueryWorkflow));
                break;
            case WorkflowActivationJob.VariantOneofCase.CancelWorkflow:
                // As a task, so that callbacks registered by the workflow run inside it.
                StartTask(Cancel);
                break;
            case WorkflowActivationJob.VariantOneofCase.SignalWorkflow:
                Signals.Apply(job.SignalWorkflow);
                break;
            case WorkflowActivationJob.VariantOneofCase.DoUpdate:
                Updates.Apply(job.DoUpdate);
                break;
            case WorkflowActivationJob.VariantOneofCase.NotifyHasPatch:
                _parts.Patches.NotifyInHistory(job.NotifyHasPatch.PatchId);
                break;
            case WorkflowActivationJob.VariantOneofCase.ResolveActivity:
                _parts.Activities.Resolve(job.ResolveActivity);
                break;
            case WorkflowActivationJob.VariantOneofCase.ResolveChildWorkflowExecutionStart:
                _parts.Children.ResolveStart(job.ResolveChildWorkflowExecutionStart);
                break;
            case WorkflowActivationJob.VariantOneofCase.ResolveChildWorkflowExecution:
                _parts.Children.Resolve(job.ResolveChildWorkflowExecution);
                break;
            case WorkflowActivationJob.VariantOneofCase.ResolveSignalExternalWorkflow:
                _parts.Signalling.Resolve(job.ResolveSignalExternalWorkflow);
                break;
            case WorkflowActivationJob.VariantOneofCase.ResolveRequestCancelExternalWorkflow:
                _parts.Signalling.Resolve(job.ResolveRequestCancelExternalWorkflow);
                break;
            default:
                throw new NotSupportedException($"The core sent a job of the kind {job.VariantCase}, which this SDK does not support.");
        }
    }

    private bool TryCreateInstance()
    {
        StartTopLevel(() =>
        {
            var definition = State.Settings.Definition;
            _instance = definition.CreateWorkflowInstance(definition.InitConstructor == null ? [] : ReadArguments());
            return Task.CompletedTask;
        });
        _scheduler.Drain();
        return _instance != null;
    }

    private async Task RunMainAsync()
    {
        var result = await Inbound.ExecuteWorkflowAsync(
            new(Instance, State.Settings.Definition.RunMethod, ReadArguments(), _start.Headers));
        End(RunEnding.OfResult(result, State));
    }

    private object?[] ReadArguments()
    {
        var run = State.Settings.Definition.RunMethod;
        return State.Settings.Definition.Dynamic
            ? [HandlerArguments.Raw(_start.Arguments)]
            : HandlerArguments.Read(_start.Arguments, run.GetParameters(), State.PayloadConverter);
    }

    private Task Answer(QueryWorkflow job)
    {
        Queries.Apply(job);
        return Task.CompletedTask;
    }

    private Task Cancel()
    {
        State.RequestCancellation();
        return Task.CompletedTask;
    }

    private void RunUntilIdle()
    {
        do
        {
            _scheduler.Drain();
        }
        while (_taskFailure == null && ResolveFirstCondition());
    }

    private bool ResolveFirstCondition()
    {
        if (_parts.Conditions.IsEmpty)
        {
            return false;
        }

        Workflow.OverrideContext.Value = _scheduler.Context;
        try
        {
            return _parts.Conditions.ResolveFirst();
        }
        finally
        {
            Workflow.OverrideContext.Value = null;
        }
    }

    /// <summary>The first ending counts; code that still runs cannot change it.</summary>
    private void End(Coresdk.WorkflowCommands.WorkflowCommand command)
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        if (command.FailWorkflowExecution == null)
        {
            HandlersInProgress.WarnAboutUnfinished();
        }

        State.Commands.Add(command);
    }
}
