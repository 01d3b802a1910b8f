using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Client;
using Temporalio.Converters;
using Temporalio.Worker.Interceptors;

namespace Temporalio.Worker.Activities;

internal sealed record ActivityWorkerSettings(
    IReadOnlyCollection<ActivityDefinition> Activities,
    string Namespace,
    string TaskQueue,
    DataConverter DataConverter,
    ILoggerFactory LoggerFactory,
    IReadOnlyList<IWorkerInterceptor> Interceptors,
    TaskFactory TaskFactory,
    ITemporalClient? Client);
