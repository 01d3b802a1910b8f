namespace Temporalio.Workflows;

/// <summary>What a workflow does when the token of a running activity is cancelled.</summary>
public enum ActivityCancellationType
{
    /// <summary>Ask for cancellation and go on at once.</summary>
    TryCancel = Coresdk.WorkflowCommands.ActivityCancellationType.TryCancel,

    /// <summary>Ask for cancellation and wait until the activity is over. Needs heartbeats to be prompt.</summary>
    WaitCancellationCompleted = Coresdk.WorkflowCommands.ActivityCancellationType.WaitCancellationCompleted,

    /// <summary>Ask for nothing and go on at once.</summary>
    Abandon = Coresdk.WorkflowCommands.ActivityCancellationType.Abandon,
}

/// <summary>What a workflow does when the token of a running child is cancelled.</summary>
public enum ChildWorkflowCancellationType
{
    Abandon = Coresdk.ChildWorkflow.ChildWorkflowCancellationType.Abandon,
    TryCancel = Coresdk.ChildWorkflow.ChildWorkflowCancellationType.TryCancel,
    WaitCancellationCompleted = Coresdk.ChildWorkflow.ChildWorkflowCancellationType.WaitCancellationCompleted,
    WaitCancellationRequested = Coresdk.ChildWorkflow.ChildWorkflowCancellationType.WaitCancellationRequested,
}

/// <summary>What becomes of a child when its parent closes.</summary>
public enum ParentClosePolicy
{
    None = Coresdk.ChildWorkflow.ParentClosePolicy.Unspecified,
    Terminate = Coresdk.ChildWorkflow.ParentClosePolicy.Terminate,
    Abandon = Coresdk.ChildWorkflow.ParentClosePolicy.Abandon,
    RequestCancel = Coresdk.ChildWorkflow.ParentClosePolicy.RequestCancel,
}

/// <summary>What happens when a workflow ends while a signal or update handler still runs.</summary>
public enum HandlerUnfinishedPolicy
{
    WarnAndAbandon,
    Abandon,
}

/// <summary>Which workers may take a command when versions are in use.</summary>
public enum VersioningIntent
{
    Unspecified = Coresdk.Common.VersioningIntent.Unspecified,
    Compatible = Coresdk.Common.VersioningIntent.Compatible,
    Default = Coresdk.Common.VersioningIntent.Default,
}
