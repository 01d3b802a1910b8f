using Microsoft.Extensions.Logging;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker.Runs;

/// <summary>What a worker gives to every run of one workflow type.</summary>
internal sealed record RunSettings(
    WorkflowDefinition Definition,
    string Namespace,
    string TaskQueue,
    DataConverter DataConverter,
    ILoggerFactory LoggerFactory,
    IReadOnlyList<IWorkerInterceptor> Interceptors,
    IReadOnlyCollection<Type> FailureExceptionTypes,
    WorkflowStackTrace WorkflowStackTrace,
    bool DisableEagerActivityExecution,
    bool WatchScheduler);
