using Temporalio.Api.Enums.V1;
using Temporalio.Common;

namespace Temporalio.Workflows;

public class ChildWorkflowOptions : ICloneable
{
    /// <summary>Defaults to a random id that replay repeats.</summary>
    public string? Id { get; set; }

    /// <summary>Defaults to the parent's task queue.</summary>
    public string? TaskQueue { get; set; }

    public string? StaticSummary { get; set; }

    public string? StaticDetails { get; set; }

    public RetryPolicy? RetryPolicy { get; set; }

    public ChildWorkflowCancellationType CancellationType { get; set; } = ChildWorkflowCancellationType.WaitCancellationCompleted;

    /// <summary>Defaults to the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    public ParentClosePolicy ParentClosePolicy { get; set; } = ParentClosePolicy.Terminate;

    public TimeSpan? ExecutionTimeout { get; set; }

    public TimeSpan? RunTimeout { get; set; }

    public TimeSpan? TaskTimeout { get; set; }

    public WorkflowIdReusePolicy IdReusePolicy { get; set; } = WorkflowIdReusePolicy.AllowDuplicate;

    public string? CronSchedule { get; set; }

    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    public VersioningIntent VersioningIntent { get; set; } = VersioningIntent.Unspecified;

    public Priority? Priority { get; set; }

    public virtual object Clone() => MemberwiseClone();
}

public class ChildWorkflowSignalOptions : ICloneable
{
    public CancellationToken? CancellationToken { get; set; }

    public virtual object Clone() => MemberwiseClone();
}

public class ExternalWorkflowSignalOptions : ICloneable
{
    public CancellationToken? CancellationToken { get; set; }

    public virtual object Clone() => MemberwiseClone();
}

/// <summary>What the next run takes over; what is unset stays as it is now.</summary>
public class ContinueAsNewOptions : ICloneable
{
    public string? TaskQueue { get; set; }

    public TimeSpan? RunTimeout { get; set; }

    public TimeSpan? TaskTimeout { get; set; }

    public RetryPolicy? RetryPolicy { get; set; }

    public IReadOnlyDictionary<string, object>? Memo { get; set; }

    public SearchAttributeCollection? TypedSearchAttributes { get; set; }

    /// <summary>How long the server waits before the next run's first task.</summary>
    public TimeSpan? BackoffStartInterval { get; set; }

    public VersioningIntent VersioningIntent { get; set; } = VersioningIntent.Unspecified;

    public virtual object Clone() => MemberwiseClone();
}
