using Coresdk.WorkflowActivation;
using Microsoft.Extensions.Logging;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Worker.Runs;
using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>What running workflows needs to know, whether live or in a replay.</summary>
internal sealed record WorkflowWorkerSettings(
    IReadOnlyCollection<WorkflowDefinition> Workflows,
    string Namespace,
    string TaskQueue,
    DataConverter DataConverter,
    ILoggerFactory LoggerFactory,
    IReadOnlyList<IWorkerInterceptor> Interceptors)
{
    public IReadOnlyCollection<Type> FailureExceptionTypes { get; init; } = [];

    public WorkflowStackTrace WorkflowStackTrace { get; init; }

    public bool DisableEagerActivityExecution { get; init; }

    public bool DebugMode { get; init; }

    /// <summary>Whether tasks that leave a run's scheduler fail its task, as far as the runtime tells of them.</summary>
    public bool WatchScheduler { get; init; } = true;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Tells a replay why a run left the cache.</summary>
    public Action<string, RemoveFromCache>? Evicted { get; init; }

    public RunSettings For(WorkflowDefinition definition) => new(
        definition, Namespace, TaskQueue, DataConverter, LoggerFactory, Interceptors, FailureExceptionTypes, WorkflowStackTrace,
        DisableEagerActivityExecution, WatchScheduler);
}
