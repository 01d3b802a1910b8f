using System.Linq.Expressions;
using Temporalio.Api.Enums.V1;
using Temporalio.Common;
using Temporalio.Workflows;

namespace Temporalio.Client;

/// <summary>How a workflow is started. <see cref="Id" /> and <see cref="TaskQueue" /> are required.</summary>
public class WorkflowOptions : ICloneable
{
    public WorkflowOptions()
    {
    }

    public WorkflowOptions(string id, string taskQueue)
    {
        Id = id;
        TaskQueue = taskQueue;
    }

    public string? Id { get; set; }

    public string? TaskQueue { get; set; }

    /// <summary>One line of Markdown for user interfaces.</summary>
    public string? StaticSummary { get; set; }

    /// <summary>Markdown for user interfaces.</summary>
    public string? StaticDetails { get; set; }

    /// <summary>Across retries and runs that continue as new.</summary>
    public TimeSpan? ExecutionTimeout { get; set; }

    public TimeSpan? RunTimeout { get; set; }

    public TimeSpan? TaskTimeout { get; set; }

    /// <summary>When a closed workflow has the same id.</summary>
    public WorkflowIdReusePolicy IdReusePolicy { get; set; } = WorkflowIdReusePolicy.AllowDuplicate;

    /// <summary>When a running workflow has the same id. Required for update-with-start.</summary>
    public WorkflowIdConflictPolicy IdConflictPolicy { get; set; } = WorkflowIdConflictPolicy.Unspecified;

    /// <summary>Null: the workflow is not retried.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    public string? CronSchedule { get; set; }

    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>Not together with a cron schedule.</summary>
    public TimeSpan? StartDelay { get; set; }

    /// <summary>Sent to the workflow, which is started only if it does not run.</summary>
    public string? StartSignal { get; set; }

    public IReadOnlyCollection<object?>? StartSignalArgs { get; set; }

    /// <summary>Asks the server to hand the first task to a worker of this client. Only the native core can take it; here it has no effect.</summary>
    public bool RequestEagerStart { get; set; }

    public VersioningOverride? VersioningOverride { get; set; }

    public Priority? Priority { get; set; }

    public RpcOptions? Rpc { get; set; }

    public void SignalWithStart<TWorkflow>(Expression<Func<TWorkflow, Task>> signalCall)
    {
        var (method, args) = CallExpression.From(signalCall);
        SignalWithStart(WorkflowSignalDefinition.NameOf(method), args);
    }

    public void SignalWithStart(string signal, IReadOnlyCollection<object?> args)
    {
        StartSignal = signal;
        StartSignalArgs = args;
    }

    public virtual object Clone()
    {
        var copy = (WorkflowOptions)MemberwiseClone();
        copy.Rpc = (RpcOptions?)Rpc?.Clone();
        return copy;
    }
}
