using Temporalio.Common;

namespace Temporalio.Workflows;

/// <summary>How an activity is scheduled. One of the two close timeouts is required.</summary>
public class ActivityOptions : ICloneable
{
    /// <summary>Defaults to the workflow's task queue.</summary>
    public string? TaskQueue { get; set; }

    /// <summary>Limit over all attempts together.</summary>
    public TimeSpan? ScheduleToCloseTimeout { get; set; }

    public TimeSpan? ScheduleToStartTimeout { get; set; }

    /// <summary>Limit of one attempt.</summary>
    public TimeSpan? StartToCloseTimeout { get; set; }

    public TimeSpan? HeartbeatTimeout { get; set; }

    /// <summary>The server retries without end unless told otherwise here.</summary>
    public RetryPolicy? RetryPolicy { get; set; }

    public ActivityCancellationType CancellationType { get; set; } = ActivityCancellationType.TryCancel;

    /// <summary>Defaults to the workflow's own token.</summary>
    public CancellationToken? CancellationToken { get; set; }

    /// <summary>Must be unique in the workflow; defaults to a sequence number.</summary>
    public string? ActivityId { get; set; }

    public bool DisableEagerActivityExecution { get; set; }

    public VersioningIntent VersioningIntent { get; set; } = VersioningIntent.Unspecified;

    public Priority? Priority { get; set; }

    /// <summary>One line for people, shown by the UI and the CLI.</summary>
    public string? Summary { get; set; }

    public virtual object Clone() => MemberwiseClone();
}

/// <summary>How a local activity is run. One of the two close timeouts is required.</summary>
public class LocalActivityOptions : ICloneable
{
    public TimeSpan? ScheduleToCloseTimeout { get; set; }

    public TimeSpan? ScheduleToStartTimeout { get; set; }

    public TimeSpan? StartToCloseTimeout { get; set; }

    public RetryPolicy? RetryPolicy { get; set; }

    /// <summary>A retry that waits longer than this becomes a timer of the workflow (one minute when unset).</summary>
    public TimeSpan? LocalRetryThreshold { get; set; }

    public ActivityCancellationType CancellationType { get; set; } = ActivityCancellationType.TryCancel;

    public CancellationToken? CancellationToken { get; set; }

    public string? ActivityId { get; set; }

    public string? Summary { get; set; }

    public virtual object Clone() => MemberwiseClone();
}
