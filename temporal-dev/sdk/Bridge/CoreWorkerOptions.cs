using System.Text.Json;
using System.Text.Json.Nodes;
using Temporalio.Common;
using Temporalio.Worker;

namespace Temporalio.Bridge;

/// <summary>A worker's options in the shape that the core's native module wants, which allows no property to be left out.</summary>
internal static class CoreWorkerOptions
{
    private const int DefaultSlots = 100;

    public static byte[] Write(TemporalWorkerOptions options, string identity, string @namespace, string defaultBuildId)
    {
        var slots = new
        {
            workflows = options.MaxConcurrentWorkflowTasks ?? DefaultSlots,
            activities = options.MaxConcurrentActivities ?? DefaultSlots,
            localActivities = options.MaxConcurrentLocalActivities ?? DefaultSlots,
        };
        var hasActivities = options.Activities.Count > 0;
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            identity,
            buildId = options.DeploymentOptions?.Version?.BuildId ?? defaultBuildId,
            useVersioning = options.DeploymentOptions?.UseWorkerVersioning ?? false,
            workerDeploymentOptions = Deployment(options.DeploymentOptions),
            taskQueue = options.TaskQueue,
            @namespace,
            tuner = new
            {
                workflowTaskSlotSupplier = Fixed(slots.workflows),
                activityTaskSlotSupplier = Fixed(slots.activities),
                localActivityTaskSlotSupplier = Fixed(slots.localActivities),
                nexusTaskSlotSupplier = Fixed(1),
                resourceBasedTunerConfig = (object?)null,
            },
            nonStickyToStickyPollRatio = options.NonStickyToStickyPollRatio,
            workflowTaskPollerBehavior = Polls(options.MaxConcurrentWorkflowTaskPolls, options.MaxCachedWorkflows > 0),
            activityTaskPollerBehavior = Polls(options.MaxConcurrentActivityTaskPolls, sticky: false),
            nexusTaskPollerBehavior = Polls(1, sticky: false),
            taskTypes = new
            {
                enableWorkflows = options.Workflows.Count > 0,
                enableLocalActivities = options.Workflows.Count > 0 && hasActivities,
                enableRemoteActivities = hasActivities && !options.LocalActivityWorkerOnly,
                enableNexus = false,
            },
            stickyQueueScheduleToStartTimeout = Milliseconds(options.StickyQueueScheduleToStartTimeout),
            maxCachedWorkflows = options.MaxCachedWorkflows,
            maxHeartbeatThrottleInterval = Milliseconds(options.MaxHeartbeatThrottleInterval),
            defaultHeartbeatThrottleInterval = Milliseconds(options.DefaultHeartbeatThrottleInterval),
            maxTaskQueueActivitiesPerSecond = options.MaxTaskQueueActivitiesPerSecond,
            maxActivitiesPerSecond = options.MaxActivitiesPerSecond,
            maxEagerActivityReservationsPerWorkflowTask = options.DisableEagerActivityExecution ? 0 : 3,
            shutdownGraceTime = Milliseconds(options.GracefulShutdownTimeout),
            plugins = Array.Empty<string>(),
            storageDrivers = Array.Empty<string>(),
            workflowFailureErrors = Array.Empty<string>(),
            workflowTypesToFailureErrors = new JsonObject(),
            disablePayloadErrorLimit = options.DisablePayloadErrorLimit,
        });
    }

    private static object? Deployment(WorkerDeploymentOptions? options) =>
        options?.Version is { } version
            ? new
            {
                version = new { deploymentName = version.DeploymentName, buildId = version.BuildId },
                useWorkerVersioning = options.UseWorkerVersioning,
                defaultVersioningBehavior = options.DefaultVersioningBehavior switch
                {
                    VersioningBehavior.Pinned => new { type = "pinned" },
                    VersioningBehavior.AutoUpgrade => new { type = "auto-upgrade" },
                    _ => null,
                },
            }
            : null;

    private static object Fixed(int slots) => new { type = "fixed-size", numSlots = slots };

    // With a cache one poll waits on the sticky queue and one on the normal queue, so less than two cannot be.
    private static object Polls(int maximum, bool sticky) =>
        new { type = "simple-maximum", maximum = Math.Max(maximum, sticky ? 2 : 1) };

    private static long Milliseconds(TimeSpan span) => (long)span.TotalMilliseconds;
}
