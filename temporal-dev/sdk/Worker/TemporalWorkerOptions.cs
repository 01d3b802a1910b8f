using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Temporalio.Activities;
using Temporalio.Bridge;
using Temporalio.Common;
using Temporalio.Worker.Interceptors;
using Temporalio.Workflows;

namespace Temporalio.Worker;

/// <summary>What a worker runs, from which task queue, and within which limits.</summary>
public class TemporalWorkerOptions : ICloneable
{
    private List<ActivityDefinition> _activities = [];
    private List<WorkflowDefinition> _workflows = [];

    public TemporalWorkerOptions()
    {
    }

    public TemporalWorkerOptions(string taskQueue) => TaskQueue = taskQueue;

    public string? TaskQueue { get; set; }

    public IList<ActivityDefinition> Activities => _activities;

    public IList<WorkflowDefinition> Workflows => _workflows;

    /// <summary>Where activities are started.</summary>
    public TaskFactory ActivityTaskFactory { get; set; } = Task.Factory;

    /// <summary>Called after those of the client that are worker interceptors too.</summary>
    public IReadOnlyCollection<IWorkerInterceptor>? Interceptors { get; set; }

    /// <summary>Which build of the code this is. Unset, a worker is not versioned and its build id is that of the entry assembly.</summary>
    public WorkerDeploymentOptions? DeploymentOptions { get; set; }

    /// <summary>Defaults to the client's identity.</summary>
    public string? Identity { get; set; }

    /// <summary>100 when unset.</summary>
    public int? MaxConcurrentActivities { get; set; }

    /// <summary>100 when unset.</summary>
    public int? MaxConcurrentWorkflowTasks { get; set; }

    /// <summary>100 when unset.</summary>
    public int? MaxConcurrentLocalActivities { get; set; }

    public TimeSpan MaxHeartbeatThrottleInterval { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>For activities without a heartbeat timeout; the others send at 80 % of theirs.</summary>
    public TimeSpan DefaultHeartbeatThrottleInterval { get; set; } = TimeSpan.FromSeconds(30);

    public double? MaxActivitiesPerSecond { get; set; }

    /// <summary>Kept by the server for all workers of the task queue; the last poller's value counts.</summary>
    public double? MaxTaskQueueActivitiesPerSecond { get; set; }

    /// <summary>How long activities may go on after shutdown begins, before they are cancelled.</summary>
    public TimeSpan GracefulShutdownTimeout { get; set; } = TimeSpan.Zero;

    /// <summary>With 0 nothing is cached and every task replays the whole history.</summary>
    public int MaxCachedWorkflows { get; set; } = 10000;

    /// <summary>Workflows and local activities only: no activity tasks are polled.</summary>
    public bool LocalActivityWorkerOnly { get; set; }

    public TimeSpan StickyQueueScheduleToStartTimeout { get; set; } = TimeSpan.FromSeconds(10);

    public int MaxConcurrentWorkflowTaskPolls { get; set; } = 5;

    public float NonStickyToStickyPollRatio { get; set; } = 0.2F;

    public int MaxConcurrentActivityTaskPolls { get; set; } = 5;

    /// <summary>Exceptions that fail a workflow or update instead of its current task, besides the workflow's own list.</summary>
    public IReadOnlyCollection<Type>? WorkflowFailureExceptionTypes { get; set; }

    /// <summary>Turns the deadlock detection off. On by itself under a debugger and with TEMPORAL_DEBUG=1.</summary>
    public bool DebugMode { get; set; } = Debugger.IsAttached || Environment.GetEnvironmentVariable("TEMPORAL_DEBUG") is "1" or "true";

    /// <summary>Turns off the detection of tasks that a workflow starts on another scheduler than its own.</summary>
    public bool DisableWorkflowTracingEventListener { get; set; }

    /// <summary>Defaults to the client's.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>Stacks cost time at every wait, so the stack trace query fails unless they are asked for here.</summary>
    public WorkflowStackTrace WorkflowStackTrace { get; set; } = WorkflowStackTrace.None;

    public bool DisableEagerActivityExecution { get; set; }

    /// <summary>Lets payloads over the server's limits leave the worker, to be refused by the server.</summary>
    public bool DisablePayloadErrorLimit { get; set; }

    /// <summary>By which the deadlock detection measures.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Null takes the one that the workers of this process share.</summary>
    internal CoreProcess? Core { get; set; }

    /// <summary>A method with [Activity], as in <c>AddActivity(instance.DoAsync)</c>.</summary>
    public TemporalWorkerOptions AddActivity(Delegate del) => AddActivity(ActivityDefinition.Create(del));

    public TemporalWorkerOptions AddActivity(ActivityDefinition definition)
    {
        Activities.Add(definition);
        return this;
    }

    /// <param name="instance">May be null where all activities of the type are static.</param>
    public TemporalWorkerOptions AddAllActivities<T>(T? instance) => AddAllActivities(typeof(T), instance);

    public TemporalWorkerOptions AddAllActivities(Type type, object? instance)
    {
        _activities.AddRange(ActivityDefinition.CreateAll(type, instance));
        return this;
    }

    public TemporalWorkerOptions AddWorkflow<T>() => AddWorkflow(typeof(T));

    public TemporalWorkerOptions AddWorkflow(Type type) => AddWorkflow(WorkflowDefinition.Create(type));

    public TemporalWorkerOptions AddWorkflow(WorkflowDefinition definition)
    {
        Workflows.Add(definition);
        return this;
    }

    public virtual object Clone()
    {
        var copy = (TemporalWorkerOptions)MemberwiseClone();
        copy._activities = [.. _activities];
        copy._workflows = [.. _workflows];
        copy.DeploymentOptions = (WorkerDeploymentOptions?)DeploymentOptions?.Clone();
        return copy;
    }
}

public enum WorkflowStackTrace
{
    None,
    Normal,
}

/// <summary>The version of a worker's code, for servers that route by it.</summary>
public class WorkerDeploymentOptions : ICloneable
{
    public WorkerDeploymentOptions()
    {
    }

    public WorkerDeploymentOptions(WorkerDeploymentVersion version, bool useWorkerVersioning)
    {
        Version = version;
        UseWorkerVersioning = useWorkerVersioning;
    }

    public WorkerDeploymentVersion? Version { get; set; }

    public bool UseWorkerVersioning { get; set; }

    /// <summary>For workflows that do not say which behaviour they want.</summary>
    public VersioningBehavior DefaultVersioningBehavior { get; set; } = VersioningBehavior.Unspecified;

    public virtual object Clone() => MemberwiseClone();
}
